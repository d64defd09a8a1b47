// What the parts of full_block_consensus share: a node at the tip of the base chain, coins to spend
// in the next block, and blocks to build on that tip.
#pragma once

#include <noderig/framework/chain/block_driver.h>
#include <noderig/framework/chain/wallet.h>
#include <noderig/scenario.h>

namespace noderig::full_block_consensus {

using namespace p2p;
using namespace literals;
using namespace std::chrono_literals;

class Fixture {
 public:
  // Builds the base chain and gives it to the node.
  explicit Fixture(Rig& the_rig);

  // Runs a sub-test on the base chain's tip and takes the node back there afterwards.
  void part(const std::string& name, const std::function<void(BlockDriver&)>& body);

  // Gives a chain to a node, all of it valid.
  static void submit(Node& to, const ChainBuilder& chain);

  // The plan of a block on the base chain's tip, or on `parent`. No two plans build one block.
  BlockPlan plan(std::vector<Transaction> transactions = {});
  BlockPlan plan_on(const Block& parent, int height, std::vector<Transaction> transactions = {});

  // The plan's block with proof of work.
  static Block solved(const BlockPlan& plan);

  // Sets merkle root and proof of work again after the block was changed.
  static Block& solve_again(Block& block);

  // A solved block on the base chain's tip, with `change` made to it before the merkle root is
  // computed.
  Block changed(const std::function<void(Block&)>& change,
                std::vector<Transaction> transactions = {});

  // A coin that the next block may spend: coinbases of the base chain, each call another one.
  Coin coin();

  // The coinbase at a height of the base chain.
  Coin coinbase_at(int height) const;

  // Outputs of the base chain that pay to busy_script(), as P2SH and as P2WSH.
  const std::vector<Coin>& p2sh_coins() const { return p2sh_coins_; }
  const std::vector<Coin>& p2wsh_coins() const { return p2wsh_coins_; }

  Rig& rig;
  Node& node;
  Node& without_bip34;  // where the rule comes later; it has the genesis block only
  const int height;     // of the base chain

 private:
  void return_to_base();

  ChainBuilder chain_;
  std::vector<Coin> p2sh_coins_;
  std::vector<Coin> p2wsh_coins_;
  int next_coin_ = 0;
  int next_tag_ = 0;
  std::string part_;
};

// A transaction that spends OP_TRUE coins and pays `outputs`.
Transaction spend_coins(const std::vector<Coin>& coins, std::vector<TxOut> outputs);
// The same with one output that takes `value`, or all that the coin has.
Transaction spend(const Coin& coin);
Transaction spend(const Coin& coin, Amount value);

// Output `index` of a transaction as a coin.
Coin coin_of(const Transaction& transaction, std::uint32_t index = 0);

// A script that succeeds and counts `sigops` signature checks, none of which it runs. At most
// kMostBusySigops.
inline constexpr int kMostBusySigops = 20 * 190;
Script busy_script(int sigops);

// Each adds its sub-tests, in the order of the scenario's list.
void coinbase_parts(Fixture& fixture);
void transaction_parts(Fixture& fixture);
void lock_time_parts(Fixture& fixture);
void limit_parts(Fixture& fixture);
void merkle_parts(Fixture& fixture);
void header_parts(Fixture& fixture);
void witness_parts(Fixture& fixture);
void encoding_parts(Fixture& fixture);
void branch_parts(Fixture& fixture);

}  // namespace noderig::full_block_consensus
