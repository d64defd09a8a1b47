// How peers ask for compact blocks, and how the node then announces its blocks.
#include "compact_blocks/stage.h"

namespace noderig::compact_blocks {
namespace {

void negotiate(Stage& stage, const std::vector<Peer*>& peers) {
  const auto send = [&](const auto& message) {
    for (Peer* peer : peers) {
      peer->send(message);
      peer->sync_with_ping();
    }
  };
  // The node tells everybody of its next block in that form alone.
  const auto assert_announced = [&](Announcement form) {
    const BuiltBlock block = stage.submit_block();
    for (Peer* peer : peers) {
      if (form == Announcement::ByCmpctBlock) {
        expect_compact(*peer, block);
      } else {
        assert_equal(expect_announcement(*peer, block.hash()), form);
      }
    }
    for (Peer* peer : peers) expect_no_announcement(*peer);
  };
  const auto learn = [&] {
    for (Peer* peer : peers) learn_chain(*peer, stage.node.tip());
  };

  stage.rig.step("the node offers version 2, and announces by inv before it is asked for more");
  for (Peer* peer : peers) assert_equal(peer->expect<SendCmpct>(), kDoNotAnnounce);
  assert_announced(Announcement::ByInv);
  learn();
  assert_announced(Announcement::ByInv);

  stage.rig.step("unknown versions count for nothing, and announce 0 asks for no announcements");
  for (const SendCmpct& message : {SendCmpct{.announce = 1, .version = 1},
                                   SendCmpct{.announce = 1, .version = 3}, kDoNotAnnounce}) {
    learn();
    send(message);
    assert_announced(Announcement::ByInv);
  }

  stage.rig.step("announce 1 brings compact blocks");
  learn();
  send(kAnnounce);
  assert_announced(Announcement::ByCmpctBlock);

  stage.rig.step("they go on: at the next block, after sendheaders, after version 1 says no");
  assert_announced(Announcement::ByCmpctBlock);
  send(SendHeaders{});
  assert_announced(Announcement::ByCmpctBlock);
  send(SendCmpct{.announce = 0, .version = 1});
  assert_announced(Announcement::ByCmpctBlock);

  stage.rig.step("announce 0 brings headers back");
  send(kDoNotAnnounce);
  assert_announced(Announcement::ByHeaders);
}

}  // namespace

void negotiation(Stage& stage) {
  stage.part("negotiation_inbound", [&] {
    negotiate(stage, {&stage.plain_inbound(), &stage.plain_inbound(), &stage.plain_inbound()});
  });

  stage.part("negotiation_outbound", [&] { negotiate(stage, {&stage.plain_outbound()}); });

  stage.part("negotiation_bad_announce", {"sendcmpct-announce-checked"}, [&] {
    // BIP152: the field MUST be 0 or 1.
    Peer& peer = stage.plain_inbound();
    assert_in_log(stage.node, {"invalid sendcmpct announce field"},
                  [&] { peer.send(SendCmpct{.announce = 2, .version = 2}); });
    peer.expect_disconnect();
  });
}

}  // namespace noderig::compact_blocks
