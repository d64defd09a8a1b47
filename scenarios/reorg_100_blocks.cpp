// A reorganisation of a hundred blocks, and what becomes of their transactions.
//
//                      .- a1 - a2 - ... - a100           a block a minute; has the transactions
//   1 - ... - fork(110)+
//                      `- b1 - b2 - ... - b100 - b101    a block a second; has two of them
//
// When b overtakes a, what a confirmed is unconfirmed again, if it may stand in the next block on
// b:
//
//   returns:   transactions of the first and the last block; a chain of descendants, parents first;
//              one locked up to a height that b has reached; one whose parent b has, too
//   is gone:   one that conflicts with one in b, and its child; one that spends a coinbase of a;
//   one
//              locked up to a time that b has not reached; one that waits for its parent to be ten
//              blocks old
//
// Node 0 learns of b from a peer, node 1 from node 2; node 3 is made to leave a by invalidateblock.

#include <noderig/framework/chain/block_driver.h>
#include <noderig/framework/chain/wallet.h>
#include <noderig/scenario.h>

#include <algorithm>

namespace {

using namespace noderig;
using namespace noderig::p2p;
using namespace std::chrono_literals;

constexpr int kFork = 110;
constexpr int kDepth = 100;
constexpr int kDescendants = 20;
constexpr std::uint32_t kRespectsLockTime = 0xfffffffe;
constexpr std::uint32_t kBlocksToWait = 10;  // BIP68

std::vector<Uint256> sorted(std::vector<Uint256> hashes) {
  std::ranges::sort(hashes);
  return hashes;
}

std::vector<Uint256> mempool_of(const Node& node) {
  std::vector<Uint256> txids;
  for (const Json& txid : node.rpc("getrawmempool")) txids.push_back(hash_of(txid));
  return sorted(txids);
}

void submit(Node& node, std::span<const BuiltBlock> blocks) {
  std::vector<rpc::BatchCall> calls;
  for (const BuiltBlock& block : blocks) {
    calls.push_back({"submitblock", Json::array({Json(block.block())})});
  }
  for (const rpc::BatchResult& result : node.rpc.batch(calls)) {
    assert_equal(result.value(), Json());
  }
  assert_equal(node.tip(), blocks.back().hash());
}

}  // namespace

NODERIG_SCENARIO(reorg_100_blocks,
    .summary = "transactions return to the mempool from a hundred blocks that lost",
    .nodes = 4,
    .tags = {"validation", "mempool"},
    .memory_mb = 800,
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Serious,
    .links = {"src/validation.cpp", "src/kernel/disconnected_transactions.cpp", "BIP68", "BIP113"},
    .subtests = {"by_a_peer", "by_a_node", "by_invalidateblock"}) {
  auto& [by_peer, by_node, on_b, by_rpc] = rig.nodes<4>();
  RigWallet wallet(by_peer);

  rig.step("build the common chain");
  ChainBuilder common({.tag = "common", .script = wallet.script()});
  common.mine(kFork);
  int next_coin = 0;
  const auto coinbase_at = [&](const ChainBuilder& chain, int height) {
    const Transaction& coinbase = chain.at(height).coinbase();
    return Coin{.outpoint = {coinbase.txid(), 0}, .output = coinbase.outputs[0]};
  };
  const auto fresh_coin = [&] {
    const int mature = kFork + 1 - regtest::kCoinbaseMaturity;
    assert_greater_than_or_equal(mature, ++next_coin);
    return coinbase_at(common, next_coin);
  };
  const auto spend = [&](const Coin& coin) { return wallet.create({.coins = {coin}}); };

  rig.step("build branch a with its transactions");
  ChainBuilder a = common.fork_at(kFork, "a");
  a.options().spacing = 60s;
  const auto fork_time = common.tip_time();

  const WalletTransaction in_first_block = spend(fresh_coin());
  const WalletTransaction in_last_block = spend(fresh_coin());
  std::vector<WalletTransaction> descendants = {spend(fresh_coin())};
  while (descendants.size() < kDescendants) {
    descendants.push_back(spend(descendants.back().change[0]));
  }
  const Coin disputed = fresh_coin();
  const WalletTransaction conflicted = spend(disputed);
  const WalletTransaction child_of_conflicted = spend(conflicted.change[0]);
  const WalletTransaction conflicting =
      wallet.create({.coins = {disputed}, .fee_rate = 50'000_sat});
  const WalletTransaction on_both = spend(fresh_coin());
  const WalletTransaction child_of_both = spend(on_both.change[0]);
  const auto locked = [&](std::uint32_t lock_time) {
    return wallet.create(
        {.coins = {fresh_coin()}, .sequence = kRespectsLockTime, .lock_time = lock_time});
  };
  const WalletTransaction locked_by_height = locked(kFork + 50);
  const WalletTransaction locked_by_time =
      locked(static_cast<std::uint32_t>((fork_time + 50min).time_since_epoch().count()));
  const WalletTransaction waiting =
      wallet.create({.coins = {in_first_block.change[0]}, .sequence = kBlocksToWait});

  for (int number = 1; number <= kDepth; ++number) {
    BlockContent content;
    const auto put_at = [&](int place, const WalletTransaction& transaction) {
      if (place == number) content.transactions.push_back(transaction.transaction);
    };
    put_at(1, in_first_block);
    for (int i = 0; i < kDescendants; ++i) put_at(5 + i, descendants[static_cast<std::size_t>(i)]);
    put_at(30, waiting);
    put_at(40, conflicted);
    put_at(41, child_of_conflicted);
    put_at(60, on_both);
    put_at(61, child_of_both);
    put_at(70, locked_by_height);
    put_at(90, locked_by_time);
    put_at(kDepth, in_last_block);
    a.mine(std::move(content));
  }
  // Unconfirmed when the reorganisation comes.
  const WalletTransaction on_last = spend(descendants.back().change[0]);
  const WalletTransaction of_lost_coinbase = spend(coinbase_at(a, kFork + 1));
  const WalletTransaction child_of_lost = spend(of_lost_coinbase.change[0]);

  rig.step("build branch b");
  ChainBuilder b = common.fork_at(kFork, "b");
  for (int number = 1; number <= kDepth + 1; ++number) {
    BlockContent content;
    if (number == 10) content.transactions = {conflicting.transaction, on_both.transaction};
    b.mine(std::move(content));
  }

  std::vector<Uint256> expected = {in_first_block.txid(), in_last_block.txid(),
                                   child_of_both.txid(), locked_by_height.txid(), on_last.txid()};
  for (const WalletTransaction& one : descendants) expected.push_back(one.txid());
  expected = sorted(expected);

  // Gives the node branch a and the unconfirmed transactions.
  const auto go_to_a = [&](Node& node, const std::vector<WalletTransaction>& unconfirmed) {
    submit(node, common.blocks());
    submit(node, a.blocks().subspan(kFork));
    for (const WalletTransaction& one : unconfirmed) {
      node.rpc("sendrawtransaction", one.transaction, 0);
    }
    assert_equal(node.rpc("getmempoolinfo").at("size"), unconfirmed.size());
  };

  const auto assert_returned = [&](Node& node) {
    assert_equal(node.tip(), b.tip());
    assert_equal(mempool_of(node), expected);
    // The chain of descendants is whole, each with all that are before it, and can be mined so.
    const Json pool = node.rpc("getrawmempool", true);
    for (std::size_t i = 0; i < descendants.size(); ++i) {
      const Json& entry = pool.at(descendants[i].txid().to_string());
      assert_equal(entry.at("ancestorcount"), i + 1);
      assert_equal(entry.at("descendantcount"), kDescendants - i + 1);
    }
    const BuiltBlock block = node.mine_mempool();
    assert_equal(block.block().transactions.size(), 1 + expected.size());
    assert_equal(node.tip(), block.hash());
    assert_equal(mempool_of(node), std::vector<Uint256>());
  };

  rig.subtest("by_a_peer", [&] {
    go_to_a(by_peer, {on_last, of_lost_coinbase, child_of_lost});
    std::vector<Block> branch;
    for (const BuiltBlock& block : b.blocks().subspan(kFork)) branch.push_back(block.block());
    BlockDriver(rig, by_peer).feed(branch);
    assert_returned(by_peer);
  });

  rig.subtest("by_a_node", [&] {
    go_to_a(by_node, {on_last, of_lost_coinbase, child_of_lost});
    submit(on_b, common.blocks());
    submit(on_b, b.blocks().subspan(kFork));
    rig.connect_nodes(by_node, on_b);
    rig.sync_blocks({by_node, on_b});
    rig.disconnect_nodes(by_node, on_b);
    assert_returned(by_node);
  });

  rig.subtest("by_invalidateblock", [&] {
    // The chain gets shorter here. Coinbases become immature again; and of what was confirmed only
    // the ten last blocks' transactions come back, for the node need not expect to see it again.
    const WalletTransaction immature = spend(coinbase_at(common, kFork - 20));
    const WalletTransaction child_of_immature = spend(immature.change[0]);
    const WalletTransaction on_forgotten = spend(child_of_both.change[0]);
    const WalletTransaction mature = spend(fresh_coin());
    go_to_a(by_rpc, {immature, child_of_immature, on_forgotten, mature, of_lost_coinbase});
    by_rpc.rpc("invalidateblock", a.at(kFork + 1).hash());
    assert_equal(by_rpc.tip(), common.tip());
    assert_equal(mempool_of(by_rpc), sorted({in_last_block.txid(), mature.txid()}));
    by_rpc.rpc("reconsiderblock", a.at(kFork + 1).hash());
    assert_equal(by_rpc.tip(), a.tip());
    assert_equal(mempool_of(by_rpc), std::vector{mature.txid()});
  });
}
