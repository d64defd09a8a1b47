// A node drops a peer for its last message, which nothing waits for.
#include <noderig/p2p/transport/v1.h>
#include <noderig/scenario.h>

NODERIG_SCENARIO(peer_dropped_for_last_message, .summary = "a node drops a peer, which nothing expects") {
  Peer& peer = rig.connect_peer(rig.node(0));
  peer.send_bytes(broken_frame(kRegtestMagic, "ping", {}, {.magic = kMainMagic}));
  assert_equal(rig.node(0).height(), 0);
}
