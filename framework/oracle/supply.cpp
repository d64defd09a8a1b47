#include <fmt/format.h>
#include <noderig/framework/oracle/coins.h>
#include <noderig/framework/oracle/oracle.h>
#include <noderig/p2p/primitives/serialize.h>
#include <algorithm>

namespace noderig {
namespace {

// Chains of at most so many bytes are counted from their blocks; larger ones are held to the sum of
// the subsidies alone.
constexpr std::int64_t kCountedBytes = 4'000'000;
constexpr int kBatch = 200;

// What `method` answers to each list of arguments.
std::vector<Json> ask_for_each(const Node& node, const std::string& method,
                               const std::vector<Json>& arguments) {
  std::vector<rpc::BatchCall> calls;
  calls.reserve(arguments.size());
  for (const Json& one : arguments) calls.push_back({method, one});
  std::vector<Json> answers;
  for (const rpc::BatchResult& answer : node.rpc.batch(calls)) answers.push_back(answer.value());
  return answers;
}

Coins coins_of_blocks(const Node& node, int height) {
  CoinCount count;
  for (int first = 1; first <= height; first += kBatch) {
    std::vector<Json> heights;
    for (int one = first; one < std::min(first + kBatch, height + 1); ++one) {
      heights.push_back(Json::array({one}));
    }
    std::vector<Json> hashes;
    for (const Json& hash : ask_for_each(node, "getblockhash", heights)) {
      hashes.push_back(Json::array({hash, 0}));
    }
    for (const Json& hex : ask_for_each(node, "getblock", hashes)) {
      const Bytes bytes = bytes_from_hex(hex.get<std::string>());
      const auto block = p2p::decode_as<p2p::Block>(bytes);
      if (!block) throw std::runtime_error("it has a block that does not decode");
      count.add(*block);
    }
  }
  return count.coins();
}

std::vector<std::string> examine(const Node& node) {
  const Json set = node.rpc("gettxoutsetinfo");
  const int height = set.at("height").get<int>();
  const Coins coins{amount_of(set.at("total_amount")), set.at("txouts").get<std::int64_t>()};
  const Json info = node.rpc("getblockchaininfo");
  std::optional<Coins> counted;
  const bool countable = !info.value("pruned", false) &&
                         info.value("size_on_disk", kCountedBytes + 1) <= kCountedBytes &&
                         info.at("bestblockhash") == set.at("bestblock");  // else one was under way
  if (countable) counted = coins_of_blocks(node, height);
  const std::string fault = fault_in_supply(coins, height, counted);
  if (fault.empty()) return {};
  return {fmt::format("{} has {}", node.name(), fault)};
}

}  // namespace

const Oracle kSupplyOracle = {
    .name = "supply",
    .demand =
        "unspent outputs are worth at most the subsidies up to the tip, and exactly what the "
        "blocks leave unspent where the node has them all and they are few",
    .needs = {"rpc:gettxoutsetinfo", "rpc:getblockchaininfo"},
    .of_running = examine,
};

}  // namespace noderig
