#include <fmt/format.h>
#include <noderig/framework/chain/regtest.h>
#include <noderig/framework/chain_store/block_records.h>
#include <noderig/framework/oracle/coins.h>
#include <noderig/framework/oracle/oracle.h>
#include <noderig/p2p/primitives/serialize.h>
#include <ranges>
#include <stdexcept>

namespace noderig {
namespace {

// Chains of at most so many bytes are counted from their blocks; larger ones are held to the sum of
// the subsidies alone.
constexpr std::int64_t kCountedBytes = 4'000'000;

// As they stand on the node's disk: asking for each would take the rig more time than the rest of a
// long chain's scenario.
Coins coins_of_blocks(const Node& node, const Uint256& tip) {
  const auto stored = stored_blocks(node.network_directory() / "blocks");
  std::vector<p2p::Block> chain;  // from the tip down
  for (Uint256 hash = tip; hash != regtest::genesis_hash(); hash = chain.back().header.previous) {
    const auto found = stored.find(hash);
    if (found == stored.end()) throw std::runtime_error("its files lack block " + hash.to_string());
    const auto block = p2p::decode_as<p2p::Block>(found->second);
    if (!block) throw std::runtime_error("it has a block that does not decode");
    chain.push_back(*block);
  }
  CoinCount count;
  for (const p2p::Block& block : std::views::reverse(chain)) count.add(block);
  return count.coins();
}

std::vector<std::string> examine_supply(const Node& node) {
  const Json set = node.rpc("gettxoutsetinfo");
  const int height = set.at("height").get<int>();
  const Coins coins{amount_of(set.at("total_amount")), set.at("txouts").get<std::int64_t>()};
  const Json info = node.rpc("getblockchaininfo");
  std::optional<Coins> counted;
  const bool countable = !info.value("pruned", false) &&
                         info.value("size_on_disk", kCountedBytes + 1) <= kCountedBytes &&
                         info.at("bestblockhash") == set.at("bestblock");  // else one was under way
  if (countable) counted = coins_of_blocks(node, hash_of(set.at("bestblock")));
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
    .of_running = examine_supply,
};

}  // namespace noderig
