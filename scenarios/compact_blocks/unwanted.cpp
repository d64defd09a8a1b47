// Compact blocks that the node does not want: old ones, those with too little work, invalid ones,
// malformed ones and unasked ones.
#include "compact_blocks/stage.h"

namespace noderig::compact_blocks {
namespace {

// Solves the block again after its transactions were changed.
BuiltBlock resolved(int height, Block block) {
  update_merkle_root(block);
  const Uint256 hash = solve(block);
  return BuiltBlock(height, hash, std::move(block));
}

// The block with all of its transactions in its compact form.
CmpctBlock whole(const BuiltBlock& block) {
  return compact(block, all_places(block.block()));
}

}  // namespace

void unwanted(Stage& stage) {
  Rig& rig = stage.rig;
  Node& node = stage.node;

  stage.part("old_compact_block", [&] {
    // Its header is taken and nothing more.
    Peer& peer = stage.high_bandwidth_inbound();
    const Uint256 tip = node.tip();
    const BuiltBlock old = stage.stale_block(5);
    peer.send(compact(old));
    stage.assert_tip(peer, tip);
    assert_equal(stage.chain_tip_status(old.hash()), "headers-only");

    // A node that answered would tell which stale blocks it has seen.
    peer.send(GetBlockTxn{.block_hash = old.hash(), .indexes = {0}});
    peer.expect_none<BlockTxn>();
    peer.expect_none<BlockMessage>();
  });

  stage.part("low_work_compact_block", [&] {
    // Nodes want the work of their own chain less that of 144 blocks.
    Peer& peer = stage.high_bandwidth_inbound();
    const Uint256 tip = node.tip();
    const BuiltBlock old = stage.stale_block(150);
    assert_in_log(
        node, {fmt::format("Ignoring low-work compact block from peer {}", peer_id(node, peer))},
        [&] { peer.send(compact(old)); });
    stage.assert_tip(peer, tip);
    assert_equal(stage.chain_tip_status(old.hash()), "");
  });

  stage.part("invalid_transactions", [&] {
    // BIP152 lets peers pass on a compact block when they have seen its header alone, so what is
    // wrong with the rest is not held against them.
    Peer& peer = stage.high_bandwidth_inbound();
    const Uint256 tip = node.tip();

    rig.step("the coinbase lacks the witness that its commitment asks for");
    const BuiltBlock good = stage.next_block(stage.spend_in_row(5));
    CmpctBlock stripped = whole(good);
    stripped.block.prefilled.front().transaction.inputs.front().witness.clear();
    peer.send(stripped);
    stage.assert_tip(peer, tip);

    rig.step("a transaction does not meet its coin's script");
    Block spoilt = good.block();
    const Script wrong = Script() << Op::Return;
    spoilt.transactions.back().inputs.front().witness = {
        Bytes(wrong.bytes().begin(), wrong.bytes().end())};
    spoilt.transactions.front().outputs.pop_back();
    add_witness_commitment(spoilt);
    const BuiltBlock bad = resolved(good.height(), spoilt);
    peer.send(whole(bad));
    stage.assert_tip(peer, tip);
    assert_equal(stage.chain_tip_status(bad.hash()), "invalid");

    rig.step("the same again, which the node knows to be invalid");
    peer.send(whole(bad));
    stage.assert_tip(peer, tip);

    rig.step("a block on the invalid one tells that the peer took that for valid");
    ChainBuilder further(bad.hash(), bad.height(), bad.time());
    peer.send(whole(further.mine()));
    rig.expect_punished(node, peer);
    assert_equal(node.tip(), tip);
  });

  stage.part("prefilled_index_too_high", [&] {
    Peer& asked = stage.inbound();
    Peer& trusted = stage.high_bandwidth_inbound();
    const Uint256 tip = node.tip();
    const BuiltBlock block = stage.next_block();
    const CmpctBlock wrong{.block = {.header = block.header(),
                                     .prefilled = {{.index = 1, .transaction = block.coinbase()}}}};

    trusted.send(wrong);
    trusted.expect_disconnect();
    assert_equal(node.tip(), tip);

    announce_by_headers(asked, block);
    asked.send(wrong);
    asked.expect_disconnect();
    assert_equal(node.tip(), tip);
  });

  stage.part("unsolicited_compact_block", {"cmpctblock-asked-for"}, [&] {
    // Whether the node goes into a compact block shows in its asking for what the block leaves out.
    const auto next = [&] { return stage.next_block(stage.spend_in_row(2)); };
    const auto expect_ignored = [&](Peer& peer, const BuiltBlock& block) {
      peer.send(compact(block));
      peer.expect_none<GetBlockTxn>();
    };

    const auto expect_completed = [&](Peer& peer, const BuiltBlock& block) {
      peer.send(compact(block));
      expect_asked(peer, block, {1, 2});
      peer.send(block_txn(block));
      stage.assert_done(peer, block.hash());
    };
    // The node fetches the block in another way, so that nothing of it is under way any more.
    const auto deliver_whole = [&](Peer& peer, const BuiltBlock& block) {
      peer.send(BlockMessage{block.block()});
      stage.assert_done(peer, block.hash());
    };

    rig.step("from a peer that has not offered compact blocks, even if the block was asked for");
    Peer& silent = stage.plain_inbound();
    expect_ignored(silent, next());
    const BuiltBlock announced = next();
    silent.send(Headers{.headers = {announced.header()}});
    assert_equal(expect_block_request(silent, announced.hash()), InvType::WitnessBlock);
    expect_ignored(silent, announced);
    deliver_whole(silent, announced);

    rig.step("from one that has offered them, unless the block was asked for");
    Peer& offering = stage.inbound();
    const BuiltBlock unasked = next();
    expect_ignored(offering, unasked);
    assert_equal(expect_block_request(offering, unasked.hash()), InvType::WitnessBlock);
    deliver_whole(offering, unasked);
    Peer& asked = stage.inbound();
    const BuiltBlock fetched = next();
    announce_by_headers(asked, fetched);
    expect_completed(asked, fetched);

    rig.step("not from one whose compact blocks are wanted unasked");
    Peer& wanted = stage.high_bandwidth_inbound();
    expect_completed(wanted, next());
  });
}

}  // namespace noderig::compact_blocks
