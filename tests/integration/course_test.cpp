// Sound scenarios and the course of a run: sub-tests, nodes, messages of real daemons.
#include "rig_test.h"

namespace noderig {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

class Course : public RigTest {
 protected:
  // Runs a scenario of which every part is to pass.
  void expect_passes(const std::string& scenario) {
    const Json one = execution(scenario);
    EXPECT_EQ(one["status"], kPassed) << one["reason"];
    for (const Json& subtest : one["subtests"]) {
      EXPECT_EQ(subtest["verdict"], "passed") << subtest["name"] << ": " << subtest["reason"];
    }
  }
};

TEST_F(Course, FailedSubtestDoesNotEndTheScenario) {
  const Json one = execution("first_subtest_fails");
  EXPECT_EQ(one["status"], kFailed);
  ASSERT_EQ(one["subtests"].size(), 2) << one["reason"];
  EXPECT_EQ(one["subtests"][0]["verdict"], "failed");
  EXPECT_THAT(one["subtests"][0]["reason"].get<std::string>(),
              HasSubstr("\n  at: broken: ask a node of its own"));
  EXPECT_EQ(one["subtests"][1]["verdict"], "passed") << one["subtests"][1]["reason"];
  EXPECT_THAT(one["reason"].get<std::string>(), HasSubstr("1 of 2 sub-tests failed"));
}

TEST_F(Course, SubtestsThatAreNotReachedAreToldOf) {
  const Json one = execution("ends_between_subtests");
  EXPECT_EQ(one["status"], kFailed);
  ASSERT_EQ(one["subtests"].size(), 2) << one["reason"];
  EXPECT_EQ(one["subtests"][0]["verdict"], "passed") << one["subtests"][0]["reason"];
  EXPECT_EQ(one["subtests"][1]["name"], "left");
  EXPECT_EQ(one["subtests"][1]["verdict"], "skipped");
  EXPECT_EQ(one["subtests"][1]["reason"], "not reached");
}

TEST_F(Course, FailedSubtestLeavesItsNodesAsItFoundThem) {
  const Json one = execution("spoilt_subtest");
  ASSERT_EQ(one["subtests"].size(), 2) << one["reason"];
  EXPECT_EQ(one["subtests"][0]["verdict"], "failed");
  EXPECT_THAT(one["subtests"][0]["reason"].get<std::string>(), HasSubstr("12345"));
  EXPECT_EQ(one["subtests"][1]["verdict"], "passed") << one["subtests"][1]["reason"];
  const std::filesystem::path bundle = one["bundle"].get<std::string>();
  EXPECT_THAT(read_file(bundle / "timeline.jsonl"),
              HasSubstr("after the failure of spoils, node2: started again"));
}

TEST_F(Course, SelectedSubtestsRunAlone) {
  const Json one = execution("first_subtest_fails", {"--subtest", "so*"});
  EXPECT_EQ(one["status"], kPassed) << one["reason"];
  ASSERT_EQ(one["subtests"].size(), 1);
  EXPECT_EQ(one["subtests"][0]["name"], "sound");
}

TEST_F(Course, RefusedStartsPassWhenTheyAreExpected) {
  expect_passes("start_refused");
}

TEST_F(Course, NodesDoAsTheyAreTold) {
  expect_passes("nodes");
}

TEST_F(Course, NodesOfOneRigConnectAgreeAndPart) {
  expect_passes("rig_network");
}

TEST_F(Course, TheRigsWalletHasTheCoinsOfTheChain) {
  expect_passes("rig_wallet");
}

TEST_F(Course, MessagesOfANodeSurviveDecodingAndEncoding) {
  expect_passes("every_message");
}

TEST_F(Course, KeptDirectoriesHoldTheNodes) {
  const Json one = execution("passes", {"--keep"});
  EXPECT_EQ(one["status"], kPassed);
  ASSERT_TRUE(one["bundle"].is_string());
  const std::filesystem::path bundle = one["bundle"].get<std::string>();
  EXPECT_TRUE(std::filesystem::exists(bundle / "node0" / "regtest" / "debug.log"));
}

}  // namespace
}  // namespace noderig
