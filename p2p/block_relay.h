// How a node and a peer tell each other of a block and ask for it: what BIP130, BIP144 and BIP152
// leave a choice of. Free functions for the scenario's thread; their waits are those of the peer.
#pragma once

#include <noderig/p2p/messages/inv_item.h>
#include <noderig/p2p/peer.h>
#include <iosfwd>

namespace noderig::p2p {

// In which message a node tells of a new block.
enum class Announcement { ByInv, ByHeaders, ByCmpctBlock };

// "inv", "headers" or "cmpctblock"
std::string_view to_string(Announcement form);
std::ostream& operator<<(std::ostream& out, Announcement form);

// Waits until the node tells of the block, and says how. Takes that message, and those of the three
// kinds before it.
Announcement expect_announcement(Peer& peer, const Uint256& block, Bound bound = {});

// Shows that the node has not told of any block, beyond what was taken, by the time it has sent all
// that is due.
void expect_no_announcement(Peer& peer);

// Waits until the node asks for the block by getdata, and tells in which form.
InvType expect_block_request(Peer& peer, const Uint256& block, Bound bound = {});

// Answers the getheaders that a node sends to each peer it meets, with no headers. A node that
// waits for such an answer does not ask the peer again for a while.
void answer_first_getheaders(Peer& peer);

// Makes the node know that the peer has the chain up to `tip`, by asking what comes after it. The
// node tells of a block by headers or cmpctblock only to who has the block before.
void learn_chain(Peer& peer, const Uint256& tip);

}  // namespace noderig::p2p
