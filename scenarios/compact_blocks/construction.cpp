// What the node writes into a compact block.
#include "compact_blocks/stage.h"

#include <algorithm>

namespace noderig::compact_blocks {
namespace {

constexpr int kTransactions = 26;  // besides the coinbase; half of them without a witness

// Lets the node make a block of its mempool.
BuiltBlock mine_many_transactions(Stage& stage) {
  // Half of the coins take a signature and no witness. One transaction makes them all.
  constexpr int kHalf = kTransactions / 2;
  RigWallet legacy(stage.node, CoinKind::P2pk);
  const std::vector<TxOut> outputs(kHalf,
                                   {.value = Amount::btc(1), .script_pubkey = legacy.script()});
  const WalletTransaction split = stage.spend({.outputs = outputs, .change_outputs = kHalf});
  stage.submit_block({split.transaction});
  const std::vector<Coin> legacy_coins = legacy.coins();
  const TxOut spent{.value = Amount::btc(1) - Amount::sat(10'000),
                    .script_pubkey = stage.wallet.script()};

  std::vector<rpc::BatchCall> calls;
  const auto send_later = [&](const Transaction& transaction, bool witness) {
    assert_equal(transaction.has_witness(), witness);
    calls.push_back({"sendrawtransaction", Json::array({Json(transaction)})});
  };
  for (std::size_t i = 0; i < kHalf; ++i) {
    send_later(stage.wallet.create({.coins = {split.change.at(i)}}).transaction, true);
    send_later(
        legacy.create({.coins = {legacy_coins.at(i)}, .outputs = {spent}, .change_outputs = 0})
            .transaction,
        false);
  }
  for (const auto& result : stage.node.rpc.batch(calls)) result.value();

  BuiltBlock block = stage.node.mine_mempool();
  assert_equal(block.block().transactions.size(), 1 + kTransactions);
  return block;
}

void assert_describes(const CompactBlock& compact, const Block& block) {
  assert_equal(compact.header, block.header);
  assert_equal(compact.transaction_count(), block.transactions.size());

  assert_true(!compact.prefilled.empty());
  assert_equal(compact.prefilled.front().index, 0);
  std::vector<bool> whole(block.transactions.size());
  for (const PrefilledTransaction& prefilled : compact.prefilled) {
    const Transaction& transaction = block.transactions.at(prefilled.index);
    assert_equal(prefilled.transaction.txid(), transaction.txid());
    assert_equal(prefilled.transaction.wtxid(), transaction.wtxid());
    whole.at(prefilled.index) = true;
  }

  // The lowest 48 bits of SipHash-2-4 over the wtxid, keyed by header and nonce.
  const ShortIdKey key(compact.header, compact.nonce);
  std::vector<std::uint64_t> short_ids;
  for (std::size_t i = 0; i < block.transactions.size(); ++i) {
    if (!whole[i]) short_ids.push_back(short_id(key, block.transactions[i].wtxid()));
  }
  assert_equal(compact.short_ids, short_ids);
}

}  // namespace

void construction(Stage& stage) {
  stage.part("construction_announced", [&] {
    Peer& peer = stage.plain_inbound();
    peer.send(kAnnounce);
    learn_chain(peer, stage.node.tip());
    const BuiltBlock block = mine_many_transactions(stage);
    const auto message = peer.expect<CmpctBlock>(
        [&](const CmpctBlock& one) { return one.block.hash() == block.hash(); });
    assert_describes(message.block, block.block());
  });

  stage.part("construction_fetched", [&] {
    Peer& peer = stage.inbound();
    const BuiltBlock block = mine_many_transactions(stage);
    peer.send(GetData{.items = {{.type = InvType::CompactBlock, .hash = block.hash()}}});
    assert_describes(peer.expect<CmpctBlock>().block, block.block());
  });
}

}  // namespace noderig::compact_blocks
