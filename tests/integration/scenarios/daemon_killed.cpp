// A node dies by no doing of the rig, while the scenario waits for something else.
#include <noderig/scenario.h>
#include <csignal>
#include <fstream>

NODERIG_SCENARIO(daemon_killed, .summary = "a node is killed from outside", .nodes = 2) {
  auto& [n0, n1] = rig.nodes<2>();
  assert_equal(n0.height(), n1.height());
  Peer& peer = rig.connect_peer(n0);
  pid_t pid = 0;
  std::ifstream(n1.network_directory() / "bitcoind.pid") >> pid;
  assert_greater_than(pid, 1);
  ::kill(pid, SIGKILL);
  rig.step("wait for what never comes");
  peer.expect<MerkleBlock>(1h);
}
