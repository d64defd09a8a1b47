// Waits for a message that no node sends to a peer that asked for nothing.
#include <noderig/scenario.h>

NODERIG_SCENARIO(waits_forever, .summary = "waits for what never comes", .timeout = 50s) {
  assert_equal(rig.node(0).height(), 0);
  Peer& peer = rig.connect_peer(rig.node(0));
  rig.step("wait for what never comes");
  peer.expect<MerkleBlock>(1h);
}
