// A block of which several peers tell: one that does not deliver does not hold the node up.
#include "compact_blocks/stage.h"

namespace noderig::compact_blocks {

void several_peers(Stage& stage) {
  Node& node = stage.node;

  // Lets the node ask a peer, which is slow to answer, for what it lacks of a block.
  const auto start_slow_download = [&](Peer& slow, const BuiltBlock& block) {
    announce_by_headers(slow, block);
    slow.send(compact(block));
    expect_asked(slow, block, [&] {
      auto places = all_places(block.block());
      places.erase(places.begin());
      return places;
    }());
  };

  stage.part("stalling_peer", [&] {
    Peer& fast = stage.high_bandwidth_inbound();
    Peer& slow = stage.inbound();

    stage.rig.step("another peer brings what the slow one was asked for");
    const auto transactions = stage.spend_in_row(5);
    const BuiltBlock block = stage.next_block(transactions);
    start_slow_download(slow, block);
    stage.relay(fast, transactions);
    fast.send(compact(block));
    stage.assert_done(fast, block.hash());

    stage.rig.step("the other one's block is invalid, and the slow one's late answer counts");
    const auto more = stage.spend_in_row(5);
    const BuiltBlock next = stage.next_block(more);
    start_slow_download(slow, next);
    stage.relay(fast, more);
    CmpctBlock malleated = compact(next);
    malleated.block.prefilled.front().transaction.inputs.front().witness = {
        Bytes(32, std::byte{1})};
    fast.send(malleated);
    stage.assert_tip(fast, block.hash());
    slow.send(block_txn(next));
    stage.assert_done(slow, next.hash());
  });

  // At most three peers are asked for one block, and the third only if one of them is outbound.
  const auto download_in_parallel = [&](int missing) {
    Peer& second = stage.high_bandwidth_inbound();
    Peer& third = stage.high_bandwidth_inbound();
    Peer& outbound = stage.high_bandwidth_outbound();
    Peer& first = stage.inbound();
    const auto is_high_bandwidth = [&](const Peer& peer) {
      return peer_info(node, peer).at("bip152_hb_to");
    };
    assert_equal(is_high_bandwidth(first), false);
    for (const Peer* peer : {&second, &third, &outbound}) {
      assert_equal(is_high_bandwidth(*peer), true);
    }

    const Uint256 old_tip = node.tip();
    const BuiltBlock block = stage.next_block(stage.spend_in_row(missing));
    auto lacking = all_places(block.block());
    lacking.erase(lacking.begin());
    start_slow_download(first, block);
    second.send(compact(block));
    expect_asked(second, block, lacking);
    third.send(compact(block));
    third.expect_none<GetBlockTxn>();
    third.expect_none<GetData>();
    outbound.send(compact(block));
    expect_asked(outbound, block, lacking);
    assert_equal(node.tip(), old_tip);

    second.send(block_txn(block));
    stage.assert_done(second, block.hash());
    first.send(block_txn(block));
    stage.assert_done(first, block.hash());
  };
  stage.part("parallel_download_1", [&] { download_in_parallel(1); });
  stage.part("parallel_download_5", [&] { download_in_parallel(5); });
  stage.part("parallel_download_20", [&] { download_in_parallel(20); });

  stage.part("submitted_block", [&] {
    const std::vector<Peer*> listeners{&stage.plain_inbound(), &stage.plain_inbound(),
                                       &stage.plain_inbound()};
    for (Peer* peer : listeners) {
      peer->send(kAnnounce);
      learn_chain(*peer, node.tip());
    }
    const BuiltBlock block = stage.submit_block(stage.spend_in_row(10));
    for (Peer* peer : listeners) {
      expect_compact(*peer, block);
      expect_no_announcement(*peer);
    }
  });
}

}  // namespace noderig::compact_blocks
