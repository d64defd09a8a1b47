// How the node fetches a block by its compact form, and which of its transactions it asks for.
#include "compact_blocks/stage.h"

namespace noderig::compact_blocks {
namespace {

// The node fetches a block, is left without its coinbase, asks for that and has the block.
void fetch_without_coinbase(Stage& stage, Peer& peer, const BuiltBlock& block) {
  const Uint256 old_tip = stage.node.tip();
  announce_by_headers(peer, block);
  peer.send(compact(block, {}));
  stage.assert_tip(peer, old_tip);
  expect_asked(peer, block, {0});
  peer.send(block_txn(block, 0));
  stage.assert_done(peer, block.hash());
}

}  // namespace

void requests(Stage& stage) {
  Node& node = stage.node;

  stage.part("request_after_inv", [&] {
    Peer& peer = stage.inbound();
    answer_first_getheaders(peer);
    const BuiltBlock block = stage.next_block();
    peer.send(Inv{.items = {{.type = InvType::Block, .hash = block.hash()}}});
    peer.expect<GetHeaders>();
    fetch_without_coinbase(stage, peer, block);
    peer.expect_none<GetHeaders>();
  });

  stage.part("request_after_headers", [&] {
    Peer& peer = stage.inbound();
    fetch_without_coinbase(stage, peer, stage.next_block());
  });

  stage.part("asks_for_all", [&] {
    Peer& peer = stage.high_bandwidth_inbound();
    const BuiltBlock block = stage.next_block(stage.spend_in_row(5));
    peer.send(compact(block));
    expect_asked(peer, block, {1, 2, 3, 4, 5});
    peer.send(block_txn(block));
    stage.assert_done(peer, block.hash());
  });

  stage.part("asks_for_what_is_not_prefilled", [&] {
    Peer& peer = stage.high_bandwidth_inbound();
    const BuiltBlock block = stage.next_block(stage.spend_in_row(5));
    peer.send(compact(block, {0, 1, 5}));
    expect_asked(peer, block, {2, 3, 4});
    peer.send(block_txn(block, 2, 5));
    stage.assert_done(peer, block.hash());
  });

  stage.part("asks_for_what_is_not_in_mempool", [&] {
    Peer& peer = stage.high_bandwidth_inbound();
    const auto transactions = stage.spend_in_row(5);
    stage.relay(peer, std::span(transactions).first(1));
    const BuiltBlock block = stage.next_block(transactions);
    peer.send(compact(block, {0, 2, 3, 4}));
    expect_asked(peer, block, {5});
    peer.send(block_txn(block, 5));
    stage.assert_done(peer, block.hash());
  });

  stage.part("asks_for_nothing", [&] {
    Peer& peer = stage.high_bandwidth_inbound();
    const auto transactions = stage.spend_in_row(10);
    stage.relay(peer, transactions);
    const BuiltBlock block = stage.next_block(transactions);
    peer.send(compact(block));
    stage.assert_done(peer, block.hash());
  });

  // The node asks for transactions, gets wrong ones, and asks for the whole block instead.
  const auto answer_wrongly = [&](Peer& peer, const BuiltBlock& block, const BlockTxn& wrong) {
    const Uint256 old_tip = node.tip();
    peer.send(wrong);
    stage.assert_tip(peer, old_tip);
    assert_equal(expect_block_request(peer, block.hash()), InvType::WitnessBlock);
  };

  stage.part("wrong_blocktxn", [&] {
    Peer& peer = stage.high_bandwidth_inbound();
    const auto transactions = stage.spend_in_row(10);
    stage.relay(peer, std::span(transactions).first(5));
    const BuiltBlock block = stage.next_block(transactions);
    peer.send(compact(block));
    expect_asked(peer, block, {6, 7, 8, 9, 10});

    // One that the node has, in place of the first that it lacks.
    BlockTxn wrong = block_txn(block, 6);
    wrong.transactions.front() = transactions[4];
    answer_wrongly(peer, block, wrong);
    peer.send(BlockMessage{block.block()});
    stage.assert_done(peer, block.hash());
  });

  stage.part("second_wrong_blocktxn", {"blocktxn-once"}, [&] {
    Peer& peer = stage.inbound();
    const BuiltBlock block = stage.next_block(stage.spend_in_row(2));
    announce_by_headers(peer, block);
    peer.send(compact(block));
    expect_asked(peer, block, {1, 2});

    BlockTxn wrong = block_txn(block);
    std::swap(wrong.transactions[0], wrong.transactions[1]);
    answer_wrongly(peer, block, wrong);
    assert_in_log(node, {"previous compact block reconstruction attempt failed"},
                  [&] { peer.send(wrong); });
    peer.expect_disconnect();
    assert_not_equal(node.tip(), block.hash());
  });
}

}  // namespace noderig::compact_blocks
