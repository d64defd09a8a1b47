// The rig's nodes among themselves: connections, and waiting until they agree.
#include <fmt/format.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/rig.h>
#include <algorithm>
#include <optional>

namespace noderig {
namespace {

using Nodes = std::initializer_list<std::reference_wrapper<Node>>;

std::string p2p_address(const Node& node) {
  return fmt::format("{}:{}", node.host(), node.p2p_port());
}

// The peers of a node to which `matches` applies.
template <typename Predicate>
std::vector<Json> peers_of(const Node& node, Predicate matches) {
  std::vector<Json> found;
  for (const Json& peer : node.rpc("getpeerinfo")) {
    if (matches(peer)) found.push_back(peer);
  }
  return found;
}

// `node`'s connections to `other` that it made itself.
std::vector<Json> outbound(const Node& node, const Node& other) {
  return peers_of(node, [address = p2p_address(other)](const Json& peer) {
    return !peer.at("inbound").get<bool>() && peer.at("addr") == address;
  });
}

// The other ends of `outbound` connections, as the node that accepted them sees them.
std::vector<Json> inbound(const Node& node, const std::vector<Json>& outbound) {
  return peers_of(node, [&](const Json& peer) {
    return std::ranges::any_of(
        outbound, [&](const Json& end) { return end.at("addrbind") == peer.at("addr"); });
  });
}

// A pong shows that the other side is done with the whole handshake.
bool shook_hands(const std::vector<Json>& peers) {
  return std::ranges::any_of(peers, [](const Json& peer) {
    const Json& received = peer.at("bytesrecv_per_msg");
    return received.contains("verack") && received.contains("pong");
  });
}

std::string names_of(Nodes nodes) {
  std::string names;
  for (const Node& node : nodes) names += (names.empty() ? "" : ", ") + node.name();
  return names;
}

std::vector<Uint256> mempool_of(const Node& node) {
  std::vector<Uint256> txids;
  for (const Json& txid : node.rpc("getrawmempool")) txids.push_back(hash_of(txid));
  std::ranges::sort(txids);
  return txids;
}

}  // namespace

void Rig::connect_nodes(Node& from, Node& to) {
  if (outbound(from, to).empty()) from.rpc("addnode", p2p_address(to), "onetry");
  const std::string what = fmt::format("{} is connected to {}", from.name(), to.name());
  std::vector<Json> ends;
  from.wait_until([&] { return shook_hands(ends = outbound(from, to)); }, what);
  to.wait_until([&] { return shook_hands(inbound(to, ends)); }, what);
}

void Rig::disconnect_nodes(Node& a, Node& b) {
  const auto part = [](Node& from, Node& to) {
    const std::vector<Json> ends = outbound(from, to);
    if (ends.empty()) return;
    for (const Json& end : ends) {
      try {
        from.rpc("disconnectnode", "", end.at("id"));
      } catch (const rpc::RpcError& error) {
        // Gone by itself in the meantime.
        if (error.code() != rpc::RpcErrorCode::RPC_CLIENT_NODE_NOT_CONNECTED) throw;
      }
    }
    const std::string what = fmt::format("{} is disconnected from {}", from.name(), to.name());
    from.wait_until([&] { return outbound(from, to).empty(); }, what);
    to.wait_until([&] { return inbound(to, ends).empty(); }, what);
  };
  part(a, b);
  part(b, a);
}

void Rig::sync_blocks(Nodes nodes, std::chrono::milliseconds timeout) {
  while (true) {
    // The tip with the most work; chain work has one length as text.
    std::string most_work;
    std::optional<Uint256> best;
    std::vector<Node*> behind;
    std::vector<std::pair<Node*, Uint256>> tips;
    for (Node& node : nodes) {
      const Json info = node.rpc("getblockchaininfo");
      tips.emplace_back(&node, hash_of(info.at("bestblockhash")));
      if (const auto work = info.at("chainwork").get<std::string>(); work > most_work) {
        most_work = work;
        best = tips.back().second;
      }
    }
    for (const auto& [node, tip] : tips) {
      if (tip != *best) behind.push_back(node);
    }
    if (behind.empty()) break;
    for (Node* node : behind) node->wait_for_tip(*best, timeout);
  }
  for (Node& node : nodes) node.rpc("syncwithvalidationinterfacequeue");
}

void Rig::sync_mempools(Nodes nodes, std::chrono::milliseconds timeout) {
  const std::string what = "the mempools of " + names_of(nodes) + " are equal";
  while (true) {
    std::vector<std::pair<Node*, std::vector<Uint256>>> pools;
    for (Node& node : nodes) pools.emplace_back(&node, mempool_of(node));
    std::vector<Uint256> all;
    for (const auto& [node, pool] : pools) {
      std::vector<Uint256> joined;
      std::ranges::set_union(all, pool, std::back_inserter(joined));
      all = std::move(joined);
    }
    const auto lacking =
        std::ranges::find_if(pools, [&](const auto& entry) { return entry.second != all; });
    if (lacking == pools.end()) break;
    // It gets what it lacks, or another node loses what is no longer wanted.
    const auto changed = [&] {
      return std::ranges::any_of(
          pools, [](const auto& entry) { return mempool_of(*entry.first) != entry.second; });
    };
    lacking->first->wait_until(changed, what, timeout);
  }
  for (Node& node : nodes) node.rpc("syncwithvalidationinterfacequeue");
}

void Rig::sync_all(Nodes nodes, std::chrono::milliseconds timeout) {
  sync_blocks(nodes, timeout);
  sync_mempools(nodes, timeout);
}

void Rig::set_mocktime(std::chrono::sys_seconds time) {
  for (const auto& node : nodes_) node->set_mocktime(time);
}

}  // namespace noderig
