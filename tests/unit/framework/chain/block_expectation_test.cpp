#include <gtest/gtest.h>
#include <noderig/framework/chain/block_expectation.h>

namespace noderig {
namespace {

TEST(BlockFault, IsFoundByEachOfItsSpellings) {
  EXPECT_EQ(block_fault("bad-cb-amount"), BlockFault::CoinbaseAmount);
  EXPECT_EQ(block_fault("block-script-verify-flag-failed"), BlockFault::Script);
  EXPECT_EQ(block_fault("mandatory-script-verify-flag-failed"), BlockFault::Script);
}

TEST(BlockFault, IsFoundInFrontOfDetails) {
  EXPECT_EQ(block_fault("bad-version(0x00000003)"), BlockFault::Version);
  EXPECT_EQ(block_fault("bad-cb-amount, coinbase pays too much"), BlockFault::CoinbaseAmount);
  EXPECT_EQ(block_fault("mandatory-script-verify-flag-failed (Script failed an OP_VERIFY)"),
            BlockFault::Script);
}

TEST(BlockFault, IsNotFoundInOtherWords) {
  EXPECT_EQ(block_fault(""), std::nullopt);
  EXPECT_EQ(block_fault("bad-cb"), std::nullopt);
  EXPECT_EQ(block_fault("inconclusive"), std::nullopt);
}

TEST(BlockFault, IsPrintedAsItIsFound) {
  for (const BlockFault fault : {BlockFault::ProofOfWork, BlockFault::KnownInvalid,
                                 BlockFault::OverwritesOutputs, BlockFault::Script}) {
    EXPECT_EQ(block_fault(to_string(fault)), fault);
  }
}

TEST(LoggedRefusal, ComesFromAcceptingTheBlock) {
  EXPECT_EQ(logged_refusal("x [error] ProcessNewBlock: AcceptBlock FAILED (bad-cb-height, block "
                           "height mismatch in coinbase)\n"),
            "bad-cb-height");
  EXPECT_EQ(logged_refusal("ProcessNewBlock: AcceptBlock FAILED (duplicate-invalid)\n"),
            "duplicate-invalid");
  EXPECT_EQ(logged_refusal("AcceptBlock FAILED (bad-version(0x00000003), rejected)\n"),
            "bad-version");
}

TEST(LoggedRefusal, ComesFromConnectingTheBlock) {
  EXPECT_EQ(logged_refusal("[error] ConnectTip: ConnectBlock 00aa failed, bad-cb-amount, coinbase "
                           "pays too much\n"),
            "bad-cb-amount");
  EXPECT_EQ(logged_refusal("Enqueuing BlockConnected: block\nnothing failed, here\n"),
            std::nullopt);
}

TEST(LoggedRefusal, ComesFromLookingForMutation) {
  const std::string received = "Received mutated block from peer=1\n";
  EXPECT_EQ(logged_refusal("Block mutated: bad-txnmrklroot, hashMerkleRoot mismatch\n" + received),
            "bad-txnmrklroot");
  EXPECT_EQ(logged_refusal(received), "mutated");
}

TEST(LoggedRefusal, IsAbsentFromOtherLogs) {
  EXPECT_EQ(logged_refusal(""), std::nullopt);
  EXPECT_EQ(logged_refusal("UpdateTip: new best=00aa height=1\n"), std::nullopt);
}

TEST(PeerFate, FollowsTheFault) {
  EXPECT_EQ(peer_fate(BlockFault::TimeTooNew), PeerFate::Kept);
  EXPECT_EQ(peer_fate(BlockFault::CoinbaseAmount), PeerFate::Punished);
  EXPECT_EQ(peer_fate(BlockFault::MerkleRoot), PeerFate::Dropped);
}

TEST(BlockExpectation, IsPrintedWithItsFault) {
  EXPECT_EQ(to_string(BlockExpectation(Accepted{})), "accepted");
  EXPECT_EQ(to_string(BlockExpectation(Rejected{BlockFault::SigOps})), "rejected (bad-blk-sigops)");
}

}  // namespace
}  // namespace noderig
