#include <noderig/framework/oracle/coins.h>

#include <gmock/gmock.h>
#include <noderig/framework/chain/block_builder.h>

namespace noderig {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Coins coins_of(const ChainBuilder& chain) {
  CoinCount count;
  for (const BuiltBlock& block : chain.blocks()) count.add(block.block());
  return count.coins();
}

// Spends all of a block's coinbase into outputs of these values.
p2p::Transaction spend(const BuiltBlock& block, const std::vector<Amount>& values) {
  p2p::Transaction transaction;
  transaction.inputs.push_back({.prevout = {block.coinbase().txid(), 0}});
  for (const Amount value : values) {
    transaction.outputs.push_back({.value = value, .script_pubkey = anyone_can_spend()});
  }
  return transaction;
}

TEST(CoinCount, SumsWhatBlocksLeaveUnspent) {
  ChainBuilder chain;
  chain.mine(2);
  EXPECT_EQ(coins_of(chain), (Coins{Amount::btc(100), 2}));
  // The fee goes into the coinbase.
  chain.mine({.transactions = {spend(chain.at(1), {Amount::btc(20), Amount::btc(29)})},
              .fees = Amount::btc(1)});
  EXPECT_EQ(coins_of(chain), (Coins{Amount::btc(150), 4}));
}

TEST(CoinCount, LeavesOutWhatNobodyCanSpendOrClaimed) {
  ChainBuilder chain;
  chain.mine(1);
  p2p::Transaction transaction = spend(chain.at(1), {Amount::btc(20)});
  p2p::Script burnt;
  burnt.push_op(p2p::Op::Return);
  transaction.outputs.push_back({.value = Amount::btc(10), .script_pubkey = burnt});
  const Bytes long_script(10'001, std::byte{0x51});
  transaction.outputs.push_back(
      {.value = Amount::btc(5), .script_pubkey = p2p::Script(long_script)});
  chain.mine({.transactions = {transaction}});
  EXPECT_EQ(coins_of(chain), (Coins{Amount::btc(70), 2}));
}

TEST(CoinCount, SpendsWithinABlock) {
  ChainBuilder chain;
  chain.mine(1);
  const p2p::Transaction first = spend(chain.at(1), {Amount::btc(50)});
  p2p::Transaction second;
  second.inputs.push_back({.prevout = {first.txid(), 0}});
  second.outputs.push_back({.value = Amount::btc(49), .script_pubkey = anyone_can_spend()});
  chain.mine({.transactions = {first, second}});
  EXPECT_EQ(coins_of(chain), (Coins{Amount::btc(99), 2}));
}

TEST(Supply, IsAtMostTheSubsidies) {
  EXPECT_EQ(fault_in_supply({Amount::btc(150), 3}, 3, {}), "");
  EXPECT_EQ(fault_in_supply({Amount::btc(120), 3}, 3, {}), "");
  EXPECT_THAT(fault_in_supply({Amount::sat(15'000'000'001), 3}, 3, {}),
              AllOf(HasSubstr("150.00000001 BTC unspent at height 3"),
                    HasSubstr("at most 150.00000000 BTC were expected")));
}

TEST(Supply, HalvesWithTheSubsidy) {
  const Amount most = Amount::btc(149 * 50 + 25);
  EXPECT_EQ(fault_in_supply({most, 150}, 150, {}), "");
  EXPECT_NE(fault_in_supply({most + Amount::sat(1), 150}, 150, {}), "");
}

TEST(Supply, IsWhatWasCounted) {
  const Coins coins{Amount::btc(100), 2};
  EXPECT_EQ(fault_in_supply(coins, 3, coins), "");
  EXPECT_THAT(fault_in_supply(coins, 3, Coins{Amount::btc(100), 3}),
              AllOf(HasSubstr("100.00000000 BTC in 2 outputs unspent"),
                    HasSubstr("100.00000000 BTC in 3 outputs were expected by its blocks")));
}

}  // namespace
}  // namespace noderig
