// It awaits one message, looks at all that is in it, and does not mind getting it twice.
#include <noderig/scenario.h>

NODERIG_SCENARIO(reads_a_message, .summary = "reads one message of a peer") {
  Peer& peer = rig.connect_peer(rig.node(0));
  peer.send(Ping{.nonce = 7});
  assert_equal(peer.expect<Pong>().nonce, 7);
}
