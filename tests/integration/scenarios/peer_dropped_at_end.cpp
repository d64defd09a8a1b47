// A node drops a peer outside of every sub-test, and no step notices.
#include <noderig/p2p/transport/v1.h>
#include <noderig/scenario.h>

NODERIG_SCENARIO(peer_dropped_at_end, .summary = "a node drops a peer, which nothing expects") {
  Peer& peer = rig.connect_peer(rig.node(0));
  peer.send_bytes(broken_frame(kRegtestMagic, "ping", {}, {.magic = kMainMagic}));
  assert_raises<PeerError>([&] { peer.sync_with_ping(); });
}
