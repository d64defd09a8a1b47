#include <fmt/format.h>
#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/chain_store/chain_recipe.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/metadata.h>

namespace noderig {
namespace {

constexpr std::string_view kTag = "mature";

void build(Node& node) {
  ChainBuilder chain({.tag = std::string(kTag), .script = op_true_script()});
  std::vector<rpc::BatchCall> calls;
  for (const BuiltBlock& block : chain.mine(kMatureBlocks)) {
    calls.push_back({"submitblock", Json::array({Json(block.block())})});
  }
  node.rpc.batch(calls);
  if (const Uint256 tip = node.tip(); tip != chain.tip()) {
    throw EnvironmentError(fmt::format("{} was given a chain up to {} and has the tip {}",
                                       node.name(), chain.tip().to_string(), tip.to_string()));
  }
}

}  // namespace

const ChainRecipe& mature_chain() {
  static const ChainRecipe recipe = {
      .name = fmt::format("mature-{}", kMatureBlocks),
      .text = fmt::format("{} blocks, a second apart from {}, coinbases tagged \"{}\" to {}",
                          kMatureBlocks, regtest::kEpoch.time_since_epoch().count(), kTag,
                          to_hex(op_true_script())),
      .build = build,
  };
  return recipe;
}

}  // namespace noderig
