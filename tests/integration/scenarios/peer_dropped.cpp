// A node drops a peer for bytes that are no message, which one of two steps expects.
#include <noderig/p2p/transport/v1.h>
#include <noderig/scenario.h>

NODERIG_SCENARIO(peer_dropped, .summary = "a node drops a peer",
    .subtests = {"expected", "unexpected"}) {
  Node& node = rig.node(0);
  const auto send_nonsense = [](Peer& peer) {
    peer.send_bytes(broken_frame(kRegtestMagic, "ping", {}, {.magic = kMainMagic}));
  };

  rig.subtest("expected", [&] {
    Peer& peer = rig.connect_peer(node);
    send_nonsense(peer);
    peer.expect_disconnect();
    assert_true(!peer.connected());
  });

  rig.subtest("unexpected", [&] {
    Peer& peer = rig.connect_peer(node);
    send_nonsense(peer);
    assert_raises<PeerError>([&] { peer.sync_with_ping(); });
  });
}
