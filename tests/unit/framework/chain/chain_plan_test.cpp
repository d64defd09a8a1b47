#include <gmock/gmock.h>

#include <noderig/framework/chain/chain_plan.h>
#include <noderig/p2p/primitives/pow.h>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using ::testing::SizeIs;

TEST(ChainPlan, BuildsTheBlocksThatItPlanned) {
  ChainPlan plan({.tag = "plan"});
  plan.extend(2).extend(1, 950'000).extend(1);
  ASSERT_THAT(plan.blocks(), SizeIs(4));
  Uint256 previous = regtest::genesis_hash();
  for (const PlannedBlock& planned : plan.blocks()) {
    const p2p::Block block = planned.build();
    EXPECT_EQ(block.hash(), planned.hash);
    EXPECT_EQ(block.header.previous, previous);
    EXPECT_EQ(block.header.merkle_root, block.merkle_root());
    EXPECT_TRUE(p2p::meets_target(planned.hash, regtest::kBits));
    EXPECT_EQ(block.transactions.at(0).outputs.at(0).value, regtest::subsidy(planned.height));
    previous = planned.hash;
  }
  EXPECT_EQ(plan.tip(), previous);
  EXPECT_EQ(plan.tip_time(), regtest::kEpoch + 4s);
}

TEST(ChainPlan, PlansWhatAChainBuilderBuilds) {
  ChainPlan plan({.tag = "same"});
  ChainBuilder builder({.tag = "same"});
  builder.mine(3);
  EXPECT_EQ(plan.extend(3).tip(), builder.tip());
}

TEST(ChainPlan, MakesBlocksOfTheSizeAskedFor) {
  const std::size_t natural = ChainPlan().extend(1).at(1).build().total_size();
  for (const std::size_t size : {natural + 10, std::size_t{450}, std::size_t{70'000},
                                 std::size_t{950'000}, std::size_t{3'999'000}}) {
    EXPECT_EQ(ChainPlan().extend(1, size).at(1).build().total_size(), size);
  }
  EXPECT_THROW(ChainPlan().extend(1, natural), std::invalid_argument);
}

// A script of 252 bytes has a length of one byte, one of 253 bytes has a length of three.
TEST(ChainPlan, StaysBelowASizeThatNoScriptMakes) {
  const std::size_t longest_of_one = ChainPlan().extend(1).at(1).build().total_size() + 8 + 1 + 252;
  const auto size_for = [](std::size_t asked) {
    return ChainPlan().extend(1, asked).at(1).build().total_size();
  };
  EXPECT_EQ(size_for(longest_of_one), longest_of_one);
  EXPECT_EQ(size_for(longest_of_one + 1), longest_of_one);
  EXPECT_EQ(size_for(longest_of_one + 2), longest_of_one);
  EXPECT_EQ(size_for(longest_of_one + 3), longest_of_one + 3);
}

TEST(ChainPlan, ForksAtAHeight) {
  ChainPlan plan({.tag = "trunk"});
  plan.extend(5);
  ChainPlan fork = plan.fork_at(3, "branch");
  EXPECT_EQ(fork.tip(), plan.at(3).hash);
  fork.extend(2);
  EXPECT_EQ(fork.height(), plan.height());
  EXPECT_NE(fork.at(4).hash, plan.at(4).hash);
  EXPECT_EQ(fork.at(4).header.previous, plan.at(3).hash);
  EXPECT_EQ(plan.fork_at(0, "other").tip(), regtest::genesis_hash());
  EXPECT_THROW(plan.fork_at(6, "above"), std::out_of_range);
  EXPECT_THROW(plan.at(0), std::out_of_range);
  EXPECT_THROW(plan.at(6), std::out_of_range);
}

TEST(ChainPlan, GivesTheBlocksAboveAHeight) {
  ChainPlan plan;
  plan.extend(4);
  ASSERT_THAT(plan.after(3), SizeIs(1));
  EXPECT_EQ(plan.after(3).front().hash, plan.tip());
  EXPECT_THAT(plan.after(0), SizeIs(4));
  EXPECT_THAT(plan.after(4), SizeIs(0));
  EXPECT_THROW(plan.after(5), std::out_of_range);
}

}  // namespace
}  // namespace noderig
