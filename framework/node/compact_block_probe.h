// What a daemon makes of compact block messages (BIP152) where versions differ: part of probing a
// daemon (daemons.h). For the thread that probes.
#pragma once

#include <noderig/framework/node/node.h>
#include <noderig/p2p/peer.h>
#include <functional>
#include <memory>
#include <set>
#include <string>

namespace noderig {

// The behaviours, by their names in known_behaviours(), that a running node shows. The node must
// have left initial block download; it has up to two blocks more afterwards. `connect` makes peers
// of it.
std::set<std::string> compact_block_behaviours(
    Node& node, const std::function<std::unique_ptr<p2p::Peer>()>& connect);

}  // namespace noderig
