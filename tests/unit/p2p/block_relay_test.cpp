// How announcements of blocks and requests for them are told apart, against an in-process node.
#include <noderig/p2p/block_relay.h>
#include <noderig/p2p/messages/registry.h>

#include "peer_fixture.h"

namespace noderig::p2p::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Kind = PeerError::Kind;

BlockHeader header_numbered(std::uint32_t n) {
  return {.version = 1, .nonce = n};
}
Uint256 hash_numbered(std::uint32_t n) {
  return header_numbered(n).hash();
}
Inv block_inv(std::uint32_t n) {
  return {.items = {{.type = InvType::Block, .hash = hash_numbered(n)}}};
}

class BlockRelayTest : public PeerTest {};

TEST_F(BlockRelayTest, TellsAnnouncementsApart) {
  const auto peer = connect(node_);
  node_.send(block_inv(1));
  node_.send(Headers{.headers = {header_numbered(2), header_numbered(3)}});
  node_.send(CmpctBlock{.block = {.header = header_numbered(4)}});
  EXPECT_EQ(expect_announcement(*peer, hash_numbered(1)), Announcement::ByInv);
  EXPECT_EQ(expect_announcement(*peer, hash_numbered(3)), Announcement::ByHeaders);
  EXPECT_EQ(expect_announcement(*peer, hash_numbered(4)), Announcement::ByCmpctBlock);
}

TEST_F(BlockRelayTest, PassesOverOtherBlocksAndTransactions) {
  const auto peer = connect(node_);
  node_.send(Headers{.headers = {header_numbered(1)}});
  node_.send(Inv{.items = {{.type = InvType::Wtx, .hash = hash_numbered(2)}}});
  node_.send(block_inv(2));
  EXPECT_EQ(expect_announcement(*peer, hash_numbered(2)), Announcement::ByInv);
  failure(Kind::Timeout, [&] { expect_announcement(*peer, hash_numbered(1), 1ms); });
}

TEST_F(BlockRelayTest, NoticesAnUnexpectedAnnouncement) {
  const auto peer = connect(node_);
  node_.send(inv(1));  // of a transaction
  expect_no_announcement(*peer);
  node_.send(block_inv(1));
  EXPECT_THAT(failure(Kind::Unexpected, [&] { expect_no_announcement(*peer); }),
              HasSubstr("was told of block " + hash_numbered(1).to_string()));
  node_.send(Headers{.headers = {header_numbered(1)}});
  failure(Kind::Unexpected, [&] { expect_no_announcement(*peer); });
}

TEST_F(BlockRelayTest, TellsInWhichFormABlockIsAskedFor) {
  const auto peer = connect(node_);
  node_.send(GetData{.items = {{.type = InvType::WitnessBlock, .hash = hash_numbered(1)}}});
  node_.send(GetData{.items = {{.type = InvType::WitnessTx, .hash = hash_numbered(3)},
                               {.type = InvType::CompactBlock, .hash = hash_numbered(2)}}});
  EXPECT_EQ(expect_block_request(*peer, hash_numbered(2)), InvType::CompactBlock);
  failure(Kind::Timeout, [&] { expect_block_request(*peer, hash_numbered(1), 1ms); });
}

TEST_F(BlockRelayTest, LearnsAChainOnlyUpToItsTip) {
  const auto peer = connect(node_);
  node_.send(Headers{});
  learn_chain(*peer, hash_numbered(1));
  node_.send(Headers{.headers = {header_numbered(2)}});
  EXPECT_THAT(failure(Kind::Unexpected, [&] { learn_chain(*peer, hash_numbered(1)); }),
              HasSubstr("is the node's tip, and got 1 headers"));
}

}  // namespace
}  // namespace noderig::p2p::test
