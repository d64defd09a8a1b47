// What a scenario is asked without asking for it: each oracle finds what was broken on purpose, and
// is silent when it was switched off.
#include "rig_test.h"

namespace noderig {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class OracleTest : public RigTest {
 protected:
  std::string failure_of(const std::string& scenario,
                         const std::vector<std::string>& options = {}) {
    const Json one = execution(scenario, options);
    EXPECT_EQ(one["status"], kFailed);
    return one["reason"];
  }
};

TEST_F(OracleTest, VerifyChainFindsABlockThatChangedOnDisk) {
  EXPECT_THAT(failure_of("corrupts_a_block_file"),
              HasSubstr("oracle verifychain: node0 answers false to verifychain 4 0, true was "
                        "expected"));
}

TEST_F(OracleTest, OneThatIsSwitchedOffIsNotAsked) {
  const Json one = execution("without_verifychain");
  EXPECT_EQ(one["status"], kPassed) << one["reason"];
}

TEST_F(OracleTest, UnknownNameFailsWithTheNearest) {
  EXPECT_THAT(failure_of("without_unknown_oracle"),
              AllOf(HasSubstr("no oracle: \"verifychian\""), HasSubstr("\"verifychain\"")));
}

TEST_F(OracleTest, ConnectedNodesHaveOneTip) {
  EXPECT_THAT(failure_of("tips_apart", {"--timeout-factor", "0.2"}),
              AllOf(HasSubstr("oracle tips: node0 and node1 are connected and have different tips"),
                    HasSubstr("at height 2"), HasSubstr("at height 1")));
}

TEST_F(OracleTest, NodesConnectedByALinkHaveOneTip) {
  EXPECT_THAT(failure_of("tips_apart_by_link", {"--timeout-factor", "0.1"}),
              HasSubstr("oracle tips: node0 and node1 are connected and have different tips"));
}

TEST_F(OracleTest, LinksOfASubtestAreAskedAboutUnlessTheyHoldOrLoseMessages) {
  const Json one = execution("links_in_subtests", {"--timeout-factor", "0.1"});
  ASSERT_EQ(one["subtests"].size(), 4U) << one["reason"];
  EXPECT_EQ(one["subtests"][0]["verdict"], "failed");
  EXPECT_THAT(one["subtests"][0]["reason"].get<std::string>(),
              HasSubstr("oracle tips: node0 and node1 are connected and have different tips"));
  for (const int other : {1, 2, 3}) {
    EXPECT_EQ(one["subtests"][other]["verdict"], "passed") << one["subtests"][other]["reason"];
  }
}

TEST_F(OracleTest, CoinsAreThoseThatTheBlocksLeave) {
  EXPECT_THAT(failure_of("miscounts_its_coins"),
              HasSubstr("oracle supply: node0 has 50.00000000 BTC in 1 outputs unspent at height "
                        "1, 50.00000001 BTC in 1 outputs were expected by its blocks"));
}

TEST_F(OracleTest, MempoolsAreChecked) {
  EXPECT_THAT(failure_of("unchecked_mempool"),
              HasSubstr("oracle checkmempool: node0 runs with -checkmempool=0, -checkmempool=1 was "
                        "expected"));
}

TEST_F(OracleTest, FailureIsNotBuriedUnderWhatItLeftHalfDone) {
  EXPECT_THAT(failure_of("throws"),
              AllOf(HasSubstr("the door is locked"), Not(HasSubstr("oracle"))));
}

}  // namespace
}  // namespace noderig
