// The rig's nodes among themselves: connections, and waiting until they agree.
#include <fmt/format.h>
#include <noderig/framework/asker.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/rig.h>
#include <algorithm>
#include <optional>

namespace noderig {
namespace {

// How long a connection between two nodes may take to be made or to end.
constexpr std::chrono::seconds kConnectionBound{60};

using Nodes = std::initializer_list<std::reference_wrapper<Node>>;

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
  return peers_of(node, [address = other.p2p_address()](const Json& peer) {
    return !peer.at("inbound").get<bool>() && peer.at("addr") == address;
  });
}

// Whether the peer that a node shows is through the handshake.
bool shook_hands(const Json& peer) {
  // A pong shows that the other side is done with all of it; its version, where no more is shown,
  // that it is about to be.
  if (!peer.contains("bytesrecv_per_msg")) return peer.at("version") > 0;
  const Json& received = peer.at("bytesrecv_per_msg");
  return received.contains("verack") && received.contains("pong");
}

bool any_shook_hands(const std::vector<Json>& peers) {
  return std::ranges::any_of(peers, [](const Json& peer) { return shook_hands(peer); });
}

// The connections that `node` accepted of another node: those whose other ends are `outbound`.
// Daemons that do not show where their own ends are leave them all to be counted, since no peer of
// the rig comes from a node's address.
class AcceptedConnections {
 public:
  AcceptedConnections(const Node& node, std::size_t outbound)
      : node_(node), others_(std::ssize(all()) - static_cast<std::ptrdiff_t>(outbound)) {}

  // Through the handshake; those that were there before are taken to be.
  bool shaken(const std::vector<Json>& outbound) const {
    if (identified(outbound)) return any_shook_hands(matching(outbound));
    const std::vector<Json> peers = all();
    return std::ranges::count_if(peers, shook_hands) > others_;
  }

  bool gone(const std::vector<Json>& outbound) const {
    return identified(outbound) ? matching(outbound).empty() : std::ssize(all()) <= others_;
  }

 private:
  static bool identified(const std::vector<Json>& outbound) {
    return std::ranges::all_of(outbound, [](const Json& end) { return end.contains("addrbind"); });
  }

  std::vector<Json> matching(const std::vector<Json>& outbound) const {
    return peers_of(node_, [&](const Json& peer) {
      return std::ranges::any_of(
          outbound, [&](const Json& end) { return end.at("addrbind") == peer.at("addr"); });
    });
  }

  std::vector<Json> all() const {
    return peers_of(node_, [this](const Json& peer) {
      const auto address = peer.at("addr").get<std::string>();
      return peer.at("inbound").get<bool>() &&
             (address.starts_with("127.0.0.1:") || address.starts_with(node_.host() + ":"));
    });
  }

  const Node& node_;
  const std::ptrdiff_t others_;  // how many connections of other nodes there are
};

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

void Rig::connect_nodes(Node& from, Node& to, std::source_location where) {
  const RigsOwnCalls own;
  std::vector<Json> ends = outbound(from, to);
  const AcceptedConnections accepted(to, ends.size());
  if (ends.empty()) from.rpc("addnode", to.p2p_address(), "onetry");
  const std::string what = fmt::format("{} is connected to {}", from.name(), to.name());
  from.wait_until([&] { return any_shook_hands(ends = outbound(from, to)); }, what,
                  kConnectionBound, where);
  to.wait_until([&] { return accepted.shaken(ends); }, what, kConnectionBound, where);
}

Link& Rig::add_link(const Node& to, const std::string& source, const LinkFaults& faults) {
  const LinkPlace place{.host = host_.address.host(),
                        .port = host_.address.free_port(),
                        .target_host = to.host(),
                        .target_port = to.p2p_port(),
                        .source = source};
  return *links_.emplace_back(std::make_unique<Link>(host_.io, place, faults, random_()));
}

// Its onward connections come from the nodes' own address, which they trust.
Link& Rig::link(Node& from, Node& to, const LinkFaults& faults) {
  Link& link = add_link(to, to.host(), faults);
  connect_nodes(from, link, to);
  return link;
}

Link& Rig::link(Node& to, const LinkFaults& faults) {
  return add_link(to, next_source_address(), faults);
}

void Rig::connect_nodes(Node& from, const Link& link, Node& to) {
  const RigsOwnCalls own;
  const auto shaken = [](const Node& node, const std::vector<std::string>& ends) {
    return any_shook_hands(peers_of(node, [&](const Json& peer) {
      return std::ranges::find(ends, peer.at("addr").get<std::string>()) != ends.end();
    }));
  };
  // A daemon that knows v2 transport would try that first, and be turned away.
  if (from.profile().can("option:v2transport")) {
    from.rpc("addnode", link.address(), "onetry", false);
  } else {
    from.rpc("addnode", link.address(), "onetry");
  }
  const std::string what =
      fmt::format("{} is connected to {} through a link", from.name(), to.name());
  from.wait_until([&] { return shaken(from, {link.address()}); }, what);
  to.wait_until([&] { return shaken(to, link.onward_addresses()); }, what);
}

void Rig::disconnect_nodes(Node& a, Node& b, std::source_location where) {
  const RigsOwnCalls own;
  const auto part = [&where](Node& from, Node& to) {
    const std::vector<Json> ends = outbound(from, to);
    if (ends.empty()) return;
    const AcceptedConnections accepted(to, ends.size());
    for (const Json& end : ends) {
      try {
        from.rpc("disconnectnode", end.at("addr"));
      } catch (const rpc::RpcError& error) {
        // Gone by itself in the meantime.
        if (error.code() != rpc::RpcErrorCode::RPC_CLIENT_NODE_NOT_CONNECTED) throw;
      }
    }
    const std::string what = fmt::format("{} is disconnected from {}", from.name(), to.name());
    from.wait_until([&] { return outbound(from, to).empty(); }, what, kConnectionBound, where);
    to.wait_until([&] { return accepted.gone(ends); }, what, kConnectionBound, where);
  };
  part(a, b);
  part(b, a);
}

void Rig::sync_blocks(Nodes nodes, std::chrono::milliseconds timeout, std::source_location where) {
  const RigsOwnCalls own;
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
    for (Node* node : behind) node->wait_for_tip(*best, timeout, where);
  }
  for (Node& node : nodes) node.finish_validation();
}

void Rig::sync_mempools(Nodes nodes, std::chrono::milliseconds timeout,
                        std::source_location where) {
  const RigsOwnCalls own;
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
    lacking->first->wait_until(changed, what, timeout, where);
  }
  for (Node& node : nodes) node.finish_validation();
}

void Rig::sync_all(Nodes nodes, std::chrono::milliseconds timeout, std::source_location where) {
  sync_blocks(nodes, timeout, where);
  sync_mempools(nodes, timeout, where);
}

void Rig::set_mocktime(std::chrono::sys_seconds time) {
  for (const auto& node : nodes_) node->set_mocktime(time);
}

}  // namespace noderig
