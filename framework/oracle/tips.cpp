#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/oracle/oracle.h>
#include <algorithm>
#include <iterator>

namespace noderig {
namespace {

// How long blocks may be under way when a scenario ends without waiting for them.
constexpr std::chrono::seconds kUnderWay{10};

struct Tip {
  Uint256 hash;
  int height = 0;
  std::string work;

  std::string to_string() const {
    return fmt::format("{} at height {} with work {}", hash.to_string(), height, work);
  }
};

Tip tip_of(const Node& node) {
  const Json info = node.rpc("getblockchaininfo");
  return {hash_of(info.at("bestblockhash")), info.at("blocks").get<int>(),
          info.at("chainwork").get<std::string>()};
}

// Of two tips with equal work each node keeps the one that it saw first.
bool agree(const Tip& a, const Tip& b) {
  return a.hash == b.hash || a.work == b.work;
}

// The addresses at which connections lead to `node`: its own, and those of links in front of it
// that let everything pass.
std::vector<std::string> addresses_of(const Node& node, const Network& network) {
  const std::string own = node.p2p_address();
  std::vector<std::string> addresses;
  if (network.directly) addresses.push_back(own);
  for (const auto& link : network.links) {
    if (link->target_address() == own && link->passes_all()) addresses.push_back(link->address());
  }
  return addresses;
}

// The nodes that `node` has connected to.
std::vector<Node*> connected_to(const Node& node, const Network& network) {
  std::vector<std::string> peers;
  for (const Json& peer : node.rpc("getpeerinfo")) {
    if (!peer.at("inbound").get<bool>()) peers.push_back(peer.at("addr"));
  }
  std::vector<Node*> connected;
  std::ranges::copy_if(network.nodes, std::back_inserter(connected), [&](const Node* other) {
    return std::ranges::find_first_of(peers, addresses_of(*other, network)) != peers.end();
  });
  return connected;
}

std::vector<std::string> examine_tips(const Network& network) {
  std::vector<std::string> wrong;
  if (network.nodes.size() < 2) return wrong;
  for (const Node* from : network.nodes) {
    for (const Node* to : connected_to(*from, network)) {
      Tip ours = tip_of(*from);
      Tip theirs = tip_of(*to);
      const Node* behind = ours.work < theirs.work ? from : to;
      const auto agreed = [&] {
        ours = tip_of(*from);
        theirs = tip_of(*to);
        return agree(ours, theirs);
      };
      try {
        if (!agree(ours, theirs)) behind->wait_until(agreed, "the tips agree", kUnderWay);
      } catch (const AssertionError&) {
        wrong.push_back(fmt::format("{} and {} are connected and have different tips: {}, and {}",
                                    from->name(), to->name(), ours.to_string(),
                                    theirs.to_string()));
      }
    }
  }
  return wrong;
}

}  // namespace

const Oracle kTipsOracle = {
    .name = "tips",
    .demand =
        "nodes that are connected, directly or by a link that loses nothing, have the same tip, or "
        "tips of equal work",
    .needs = {"rpc:getpeerinfo", "rpc:getblockchaininfo"},
    .of_network = examine_tips,
};

}  // namespace noderig
