#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/peer_info.h>

namespace noderig {

Json peer_info(const Node& node, const p2p::Peer& peer) {
  const Json peers = node.rpc("getpeerinfo");
  for (const Json& entry : peers) {
    // A node that listens shows our end in "addr", and one that connected shows where it
    // connected to, which is our end too.
    if (entry.at("addr") == peer.local_address()) return entry;
  }
  throw AssertionError(fmt::format("{} has no peer {} ({}); it lists {}", node.name(), peer.name(),
                                   peer.local_address(), peers.dump()));
}

int peer_id(const Node& node, const p2p::Peer& peer) {
  return peer_info(node, peer).at("id").get<int>();
}

void await_sending(p2p::Peer& peer) {
  peer.sync_with_ping();
  peer.sync_with_ping();
}

}  // namespace noderig
