// Tests that are small programs of the shell, with no counters but those that they copy.
#include "../../framework/support.h"

#include <gmock/gmock.h>
#include <impact/record/run_tests.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <map>

namespace noderig::impact {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class RunTests : public testing::Test {
 protected:
  static impact::Test shell(const std::string& name, const std::string& script,
                            TestKind kind = TestKind::Ctest) {
    return {.id = {kind, "", name}, .launch = {.argv = {"sh", "-c", script}}};
  }

  // What came of the tests, by name.
  std::map<std::string, TestRun> run(const std::vector<impact::Test>& tests, int jobs = 1,
                                     int scenario_jobs = 1) {
    std::map<std::string, TestRun> runs;
    Interruption interruption;
    const auto ended = [&](const impact::Test& test, const TestRun& one) {
      EXPECT_TRUE(runs.emplace(test.id.name, one).second) << test.id.name << " twice";
    };
    EXPECT_TRUE(run_tests(tests, {.jobs = jobs, .scenario_jobs = scenario_jobs, .ended = ended},
                          interruption));
    return runs;
  }

  std::string file(const std::string& name) const { return (directory_.path() / name).string(); }

  TemporaryDirectory directory_{};
};

TEST_F(RunTests, TellsVerdicts) {
  const auto runs = run({shell("passes", "exit 0"), shell("fails", "echo why; exit 1"),
                         shell("skips", "exit 77", TestKind::Scenario), shell("ends", "exit 77")});
  EXPECT_EQ(runs.at("passes").verdict, Verdict::Passed);
  EXPECT_EQ(runs.at("fails").verdict, Verdict::Failed);
  EXPECT_THAT(runs.at("fails").output, HasSubstr("why"));
  EXPECT_EQ(runs.at("skips").verdict, Verdict::Skipped);
  EXPECT_EQ(runs.at("ends").verdict, Verdict::Failed);
}

TEST_F(RunTests, RunsAgainAloneWhatFailsBesideOthers) {
  const std::string once = "test -e " + file("ran") + " || { touch " + file("ran") + "; exit 1; }";
  EXPECT_EQ(run({shell("flaky", once), shell("other", "exit 0")}, 2).at("flaky").verdict,
            Verdict::Passed);
  std::filesystem::remove(file("ran"));
  EXPECT_EQ(run({shell("flaky", once)}, 1).at("flaky").verdict, Verdict::Failed);
}

TEST_F(RunTests, RunsScenariosBesideEachOtherWhereOtherTestsRunOneByOne) {
  // Each waits for the other.
  const std::string pipes = "mkfifo " + file("there") + " " + file("back");
  ASSERT_EQ(run({shell("pipes", pipes)}).at("pipes").verdict, Verdict::Passed);
  impact::Test a =
      shell("a", "echo a > " + file("there") + "; cat " + file("back"), TestKind::Scenario);
  impact::Test b =
      shell("b", "cat " + file("there") + "; echo b > " + file("back"), TestKind::Scenario);
  for (impact::Test* test : {&a, &b}) test->launch.timeout = std::chrono::seconds(10);
  const auto runs = run({a, b}, 1, 2);
  EXPECT_EQ(runs.at("a").verdict, Verdict::Passed);
  EXPECT_EQ(runs.at("b").verdict, Verdict::Passed);
}

TEST_F(RunTests, KillsWhatDoesNotEndInTime) {
  impact::Test waits = shell("waits", "mkfifo " + file("pipe") + "; read line < " + file("pipe"));
  waits.launch.timeout = std::chrono::milliseconds(1);
  const TestRun ended = run({waits}).at("waits");
  EXPECT_EQ(ended.verdict, Verdict::Failed);
  EXPECT_THAT(ended.output, HasSubstr("did not end in time"));
}

TEST_F(RunTests, KillsWhatATestLeavesInTheBackgroundAndDoesNotWaitForIt) {
  impact::Test leaves = shell("leaves", "sleep 60 & echo $! > " + file("pid"));
  leaves.launch.timeout = std::chrono::milliseconds(kPatienceMs);
  EXPECT_EQ(run({leaves}).at("leaves").verdict, Verdict::Passed);
  const ProcessWatch left(std::stoi(read_file(file("pid"))));
  EXPECT_TRUE(left.ended_within(kPatienceMs));
}

TEST_F(RunTests, SayWhichCountersCannotBeRead) {
  const auto runs =
      run({shell("odd", "printf '%0200d' 1 > \"$(dirname $LLVM_PROFILE_FILE)/a.profraw\""),
           shell("plain", "printf '%0200d' 1")});
  EXPECT_THAT(runs.at("odd").problem, HasSubstr("no raw profile"));
  EXPECT_THAT(runs.at("plain").problem, IsEmpty());
}

}  // namespace
}  // namespace noderig::impact
