// What the node gives to those who ask for a compact block or for transactions of one. It gives
// compact forms of young blocks alone, and whole blocks instead of older ones.
#include "compact_blocks/stage.h"

#include <algorithm>
#include <random>

namespace noderig::compact_blocks {
namespace {

constexpr int kMaxBlockTxnDepth = 10;
constexpr int kMaxCompactDepth = 5;

// One place or more in the block, ascending.
std::vector<std::uint16_t> random_places(const Block& block, std::mt19937_64& random) {
  const auto all = all_places(block);
  const auto count = std::uniform_int_distribution<std::ptrdiff_t>(1, std::ssize(all))(random);
  std::vector<std::uint16_t> chosen;
  std::ranges::sample(all, std::back_inserter(chosen), count, random);
  return chosen;
}

}  // namespace

void serving(Stage& stage) {
  Rig& rig = stage.rig;
  Node& node = stage.node;

  // Blocks of the last kMaxBlockTxnDepth + 2 heights, with transactions that have witnesses.
  const auto submit_row = [&] {
    std::vector<BuiltBlock> blocks;
    for (int i = 0; i < kMaxBlockTxnDepth + 2; ++i) {
      blocks.push_back(stage.submit_block(stage.spend_in_row(1 + i % 4)));
    }
    return blocks;
  };

  stage.part("blocktxn", [&] {
    const std::vector<BuiltBlock> blocks = submit_row();
    Peer& peer = stage.inbound();
    for (const BuiltBlock& block : std::span(blocks).subspan(1)) {
      const auto& transactions = block.block().transactions;
      const auto places = random_places(block.block(), rig.random());
      peer.send(GetBlockTxn{.block_hash = block.hash(), .indexes = places});
      const auto answer = peer.expect<BlockTxn>();
      assert_equal(answer.block_hash, block.hash());
      assert_equal(answer.transactions.size(), places.size());
      for (std::size_t i = 0; i < places.size(); ++i) {
        assert_equal(answer.transactions[i].txid(), transactions[places[i]].txid());
        assert_equal(answer.transactions[i].wtxid(), transactions[places[i]].wtxid());
      }
    }

    rig.step("one block deeper");
    peer.send(GetBlockTxn{.block_hash = blocks.front().hash(), .indexes = {0}});
    assert_equal(peer.expect<BlockMessage>().block, blocks.front().block());
    peer.expect_none<BlockTxn>();
  });

  stage.part("getblocktxn_out_of_range", [&] {
    Peer& peer = stage.inbound();
    const BuiltBlock block = stage.submit_block();
    assert_in_log(node, {"getblocktxn with out-of-bounds tx indices"},
                  [&] { peer.send(GetBlockTxn{.block_hash = block.hash(), .indexes = {1}}); });
    peer.expect_disconnect();
    assert_equal(peer.count<BlockTxn>(), 0);
  });

  stage.part("getblocktxn_empty", {"getblocktxn-not-empty"}, [&] {
    Peer& peer = stage.inbound();
    assert_in_log(node, {"getblocktxn received with no transaction indexes"},
                  [&] { peer.send(GetBlockTxn{.block_hash = node.tip(), .indexes = {}}); });
    peer.expect_disconnect();
    assert_equal(peer.count<BlockTxn>(), 0);
  });

  stage.part("compact_block_by_depth", [&] {
    std::vector<BuiltBlock> blocks;
    for (int i = 0; i < kMaxCompactDepth + 2; ++i) blocks.push_back(stage.submit_block());
    Peer& peer = stage.inbound();
    const auto ask = [&](const BuiltBlock& block) {
      peer.send(GetData{.items = {{.type = InvType::CompactBlock, .hash = block.hash()}}});
    };
    ask(blocks.at(1));
    expect_compact(peer, blocks.at(1));

    ask(blocks.at(0));
    assert_equal(peer.expect<BlockMessage>().block, blocks.at(0).block());
    peer.expect_none<BlockMessage>();
    peer.expect_none<CmpctBlock>();
  });
}

}  // namespace noderig::compact_blocks
