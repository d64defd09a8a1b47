#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/peer_info.h>
#include <algorithm>

namespace noderig {
namespace {

// The entry for this connection in what getpeerinfo returns.
Json::const_iterator entry_of(const Json& peers, const p2p::Peer& peer) {
  // A node that listens shows our end in "addr", and one that connected shows where it connected
  // to, which is our end too.
  return std::ranges::find_if(
      peers, [&](const Json& entry) { return entry.at("addr") == peer.local_address(); });
}

}  // namespace

Json peer_info(const Node& node, const p2p::Peer& peer) {
  const Json peers = node.rpc("getpeerinfo");
  const auto entry = entry_of(peers, peer);
  if (entry != peers.end()) return *entry;
  throw AssertionError(fmt::format("{} has no peer {} ({}); it lists {}", node.name(), peer.name(),
                                   peer.local_address(), peers.dump()));
}

void await_listed(const Node& node, const p2p::Peer& peer) {
  const auto listed = [&] {
    const Json peers = node.rpc("getpeerinfo");
    return entry_of(peers, peer) != peers.end();
  };
  node.wait_until(listed, "it has accepted the connection of " + peer.name());
}

int peer_id(const Node& node, const p2p::Peer& peer) {
  return peer_info(node, peer).at("id").get<int>();
}

void await_sending(p2p::Peer& peer) {
  peer.sync_with_ping();
  peer.sync_with_ping();
}

}  // namespace noderig
