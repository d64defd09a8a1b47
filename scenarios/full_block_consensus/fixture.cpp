#include "fixture.h"

namespace noderig::full_block_consensus {
namespace {

constexpr int kBaseHeight = 120;
constexpr int kFundingCoins = 2;  // coinbases that the last block of the base chain spends
constexpr int kBusyCoins = 24;    // outputs of each kind that it makes of them

}  // namespace

Fixture::Fixture(Rig& the_rig)
    : rig(the_rig), node(the_rig.node(0)), without_bip34(the_rig.node(1)), height(kBaseHeight) {
  chain_.mine(kBaseHeight - 1);

  const Script busy = busy_script(kMostBusySigops);
  const Amount each = 1_btc;
  Transaction funding = spend_coins({coinbase_at(1), coinbase_at(2)}, {});
  for (int i = 0; i < kBusyCoins; ++i) {
    funding.outputs.push_back({.value = each, .script_pubkey = p2sh(hash160(busy))});
    funding.outputs.push_back({.value = each, .script_pubkey = p2wsh(sha256(busy))});
  }
  for (std::uint32_t i = 0; i < funding.outputs.size(); ++i) {
    (i % 2 == 0 ? p2sh_coins_ : p2wsh_coins_).push_back(coin_of(funding, i));
  }
  chain_.mine({.transactions = {funding}});

  submit(node, chain_);
}

void Fixture::submit(Node& to, const ChainBuilder& chain) {
  std::vector<rpc::BatchCall> calls;
  for (const BuiltBlock& block : chain.blocks()) {
    calls.push_back({"submitblock", Json::array({Json(block.block())})});
  }
  for (const rpc::BatchResult& result : to.rpc.batch(calls)) assert_equal(result.value(), Json());
  assert_equal(to.tip(), chain.tip());
}

void Fixture::part(const std::string& name, const std::function<void(BlockDriver&)>& body) {
  part_ = name;
  next_coin_ = kFundingCoins;
  next_tag_ = 0;
  rig.subtest(name, [&] {
    BlockDriver driver(rig, node);
    body(driver);
    driver.finish();
  });
  return_to_base();
}

void Fixture::return_to_base() {
  node.rpc("setmocktime", regtest::kEpoch.time_since_epoch().count());
  while (node.tip() != chain_.tip()) {
    node.rpc("invalidateblock", node.rpc("getblockhash", height + 1));
  }
}

BlockPlan Fixture::plan(std::vector<Transaction> transactions) {
  return plan_on(chain_.at(height).block(), height + 1, std::move(transactions));
}

BlockPlan Fixture::plan_on(const Block& parent, int block_height,
                           std::vector<Transaction> transactions) {
  return {
      .previous = parent.hash(),
      .height = block_height,
      .time = std::chrono::sys_seconds(std::chrono::seconds(parent.header.time)) + 1s,
      .tag = fmt::format("{} {}", part_, next_tag_++),
      .transactions = std::move(transactions),
  };
}

Block Fixture::solved(const BlockPlan& plan) {
  Block block = build_block(plan);
  solve(block);
  return block;
}

Block& Fixture::solve_again(Block& block) {
  update_merkle_root(block);
  solve(block);
  return block;
}

Block Fixture::changed(const std::function<void(Block&)>& change,
                       std::vector<Transaction> transactions) {
  Block block = build_block(plan(std::move(transactions)));
  change(block);
  return solve_again(block);
}

Coin Fixture::coin() {
  const int mature = height + 1 - regtest::kCoinbaseMaturity;
  if (next_coin_ >= mature) throw std::out_of_range("the base chain has no more mature coins");
  return coinbase_at(++next_coin_);
}

Coin Fixture::coinbase_at(int block_height) const {
  return coin_of(chain_.at(block_height).coinbase());
}

Transaction spend_coins(const std::vector<Coin>& coins, std::vector<TxOut> outputs) {
  Transaction transaction;
  for (const Coin& coin : coins) transaction.inputs.push_back({.prevout = coin.outpoint});
  transaction.outputs = std::move(outputs);
  return transaction;
}

Transaction spend(const Coin& coin) {
  return spend(coin, coin.value());
}

Transaction spend(const Coin& coin, Amount value) {
  return spend_coins({coin}, {{.value = value, .script_pubkey = anyone_can_spend()}});
}

Coin coin_of(const Transaction& transaction, std::uint32_t index) {
  return {.outpoint = {transaction.txid(), index}, .output = transaction.outputs.at(index)};
}

Script busy_script(int sigops) {
  // A check of many signatures without a number of keys before it counts as the most it can: 20.
  Script script;
  script << Op::Zero << Op::If;
  for (int counted = 0; counted + 20 <= sigops; counted += 20) script << Op::CheckMultiSig;
  for (int counted = 0; counted < sigops % 20; ++counted) script << Op::CheckSig;
  return script << Op::EndIf << Op::One;
}

}  // namespace noderig::full_block_consensus
