// The process between the worker and its daemons is killed.
#include <noderig/scenario.h>
#include <unistd.h>
#include <csignal>
#include <fstream>

NODERIG_SCENARIO(kills_its_supervisor, .summary = "a scenario's supervisor is killed") {
  assert_equal(rig.node(0).height(), 0);
  Peer& peer = rig.connect_peer(rig.node(0));
  pid_t supervisor = 0;
  std::ifstream(fmt::format("/proc/self/task/{}/children", ::getpid())) >> supervisor;
  assert_greater_than(supervisor, 1);
  ::kill(supervisor, SIGKILL);
  rig.step("wait for what never comes");
  peer.expect<MerkleBlock>(1h);
}
