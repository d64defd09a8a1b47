// A node without transactions of others (-blocksonly) has no use for compact blocks, since it finds
// nothing of them in its mempool; yet it has them for others.
#include "compact_blocks/stage.h"

namespace noderig::compact_blocks {

void blocks_only(Stage& stage) {
  Rig& rig = stage.rig;

  stage.part("blocks_only", {kBlocksOnly}, [&] {
    Node& node = stage.blocks_only();
    Peer& peer = rig.connect_peer(node);
    peer.send(kDoNotAnnounce);
    assert_equal(peer.expect<SendCmpct>(), kDoNotAnnounce);

    rig.step("who brings a block is not asked to announce the next one as a compact block");
    const BuiltBlock brought = node.chain().mine();
    peer.send(BlockMessage{brought.block()});
    peer.sync_with_ping();
    assert_equal(node.tip(), brought.hash());
    peer.expect_none<SendCmpct>();

    rig.step("a block that is told of is fetched whole");
    const BuiltBlock told = node.chain().mine();
    peer.send(Headers{.headers = {told.header()}});
    assert_equal(expect_block_request(peer, told.hash()), InvType::WitnessBlock);
    peer.send(BlockMessage{told.block()});
    peer.sync_with_ping();
    assert_equal(node.tip(), told.hash());
    peer.expect_none<SendCmpct>();

    rig.step("it serves compact blocks");
    peer.send(GetData{.items = {{.type = InvType::CompactBlock, .hash = brought.hash()}}});
    expect_compact(peer, brought);

    rig.step("it announces blocks by them to who has asked");
    peer.send(kAnnounce);
    learn_chain(peer, node.tip());
    for (int i = 0; i < 2; ++i) expect_compact(peer, node.mine(BlockContent{}));
    peer.expect_none<CmpctBlock>();
  });

  stage.part("blocks_only_ignores_compact_blocks", {kBlocksOnly, "cmpctblock-asked-for"}, [&] {
    Node& node = stage.blocks_only();
    Peer& peer = rig.connect_peer(node);
    peer.send(kDoNotAnnounce);
    const Uint256 tip = node.tip();
    // Complete as it is: a node that looked at it would have the block.
    const BuiltBlock block = node.chain().mine();
    peer.send(compact(block));
    peer.sync_with_ping();
    assert_equal(node.tip(), tip);

    peer.send(Headers{.headers = {block.header()}});
    expect_block_request(peer, block.hash());
    peer.send(compact(block));
    peer.sync_with_ping();
    assert_equal(node.tip(), tip);
    peer.send(BlockMessage{block.block()});
    peer.sync_with_ping();
    assert_equal(node.tip(), block.hash());
  });
}

}  // namespace noderig::compact_blocks
