// What the node writes into a compact block.
#include "compact_blocks/stage.h"

namespace noderig::compact_blocks {
namespace {

constexpr int kTransactions = 26;  // besides the coinbase; half of them without a witness

// Lets the node make a block of its mempool; that one, and the one before it with its coins.
std::vector<BuiltBlock> mine_many_transactions(Stage& stage) {
  // Half of the coins take a signature and no witness. One transaction makes them all.
  constexpr int kHalf = kTransactions / 2;
  RigWallet legacy(stage.node, CoinKind::P2pk);
  const std::vector<TxOut> outputs(kHalf,
                                   {.value = Amount::btc(1), .script_pubkey = legacy.script()});
  const WalletTransaction split = stage.spend({.outputs = outputs, .change_outputs = kHalf});
  std::vector<BuiltBlock> blocks{stage.submit_block({split.transaction})};
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

  blocks.push_back(stage.node.mine_mempool());
  assert_equal(blocks.back().block().transactions.size(), 1 + kTransactions);
  return blocks;
}

}  // namespace

void construction(Stage& stage) {
  stage.part("construction_announced", [&] {
    Peer& peer = stage.plain_inbound();
    peer.send(kAnnounce);
    learn_chain(peer, stage.node.tip());
    for (const BuiltBlock& block : mine_many_transactions(stage)) expect_compact(peer, block);
    peer.expect_none<CmpctBlock>();
  });

  stage.part("construction_fetched", [&] {
    Peer& peer = stage.inbound();
    const BuiltBlock block = mine_many_transactions(stage).back();
    peer.send(GetData{.items = {{.type = InvType::CompactBlock, .hash = block.hash()}}});
    expect_compact(peer, block);
    peer.expect_none<CmpctBlock>();
  });
}

}  // namespace noderig::compact_blocks
