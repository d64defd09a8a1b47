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
    rig.expect_punished(peer);
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

    Peer& silent = stage.plain_inbound();
    expect_ignored(silent, next());
    const BuiltBlock announced = next();
    silent.send(Headers{.headers = {announced.header()}});
    expect_block_request(silent, announced.hash());
    expect_ignored(silent, announced);
    silent.send(BlockMessage{announced.block()});
    stage.assert_tip(silent, announced.hash());

    Peer& low_bandwidth = stage.inbound();
    expect_ignored(low_bandwidth, next());
    const BuiltBlock asked = next();
    announce_by_headers(low_bandwidth, asked);
    low_bandwidth.send(compact(asked));
    expect_asked(low_bandwidth, asked, {1, 2});
    low_bandwidth.send(block_txn(asked));
    stage.assert_tip(low_bandwidth, asked.hash());

    Peer& high_bandwidth = stage.high_bandwidth_inbound();
    const BuiltBlock trusted = next();
    high_bandwidth.send(compact(trusted));
    expect_asked(high_bandwidth, trusted, {1, 2});
    high_bandwidth.send(block_txn(trusted));
    stage.assert_tip(high_bandwidth, trusted.hash());
  });
}

}  // namespace noderig::compact_blocks
