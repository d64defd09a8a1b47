// Feeds a planned chain to nodes over P2P, as a peer does that has the chain: it announces the
// headers and sends the blocks that the node asks for. Blocks are built on the way and shared by
// the nodes that are fed together, so memory holds those under way only.
#pragma once

#include <noderig/framework/chain/chain_plan.h>
#include <noderig/framework/rig.h>
#include <functional>
#include <initializer_list>

namespace noderig {

// Gives each node what it lacks of `chain`, side by side, from a peer of its own that is gone
// afterwards. Returns when every node has the chain's tip as its own. A node must find more work in
// the chain than in its own, or be at its tip already. Throws what the peers throw, and
// AssertionError when a node asks for a block twice or in another form than witness_block, or ends
// at another tip. Belongs to the rig's thread.
void feed_chain(Rig& rig, std::initializer_list<std::reference_wrapper<Node>> nodes,
                const ChainPlan& chain);

}  // namespace noderig
