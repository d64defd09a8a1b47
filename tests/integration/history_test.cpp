// What is left of runs in the history, whatever way they end.
#include "rig_test.h"

#include <fmt/format.h>
#include <csignal>
#include <fstream>

namespace noderig {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class PastRuns : public RigTest {
 protected:
  // What `history show --json` says of a scenario.
  Json past_of(const std::string& scenario) {
    const CommandResult result = noderig({"history", "show", scenario, "--json"});
    EXPECT_EQ(result.status, kPassed) << result.err;
    return Json::parse(result.out).at("scenarios").at(0);
  }

  // `noderig run` outside of every work tree, so that the quarantine list is the one in the home.
  CommandResult run_outside(const std::string& scenario, const std::string& options = "") {
    const std::string command = fmt::format(
        "cd {} && exec {} run {} --plugin {} --daemon {} {}", directory_.string(), NODERIG_PROGRAM,
        scenario, plugin(scenario), fs::absolute(daemon_).string(), options);
    return run_command({"sh", "-c", command}, {.environment = environment_, .timeout = kLongest});
  }
};

TEST_F(PastRuns, AreShownWithVerdictsAndTimes) {
  EXPECT_EQ(run("passes", {"--repeat", "2"}).status, kPassed);
  EXPECT_EQ(run("throws").status, kFailed);
  const Json passes = past_of("passes");
  EXPECT_EQ(passes["runs"], 2);
  EXPECT_EQ(passes["failures"], 0);
  EXPECT_GT(passes["median_seconds"], 0);
  EXPECT_EQ(passes["last"].size(), 2);
  EXPECT_EQ(passes["last"][0]["verdict"], "passed");
  EXPECT_EQ(past_of("throws")["failures"], 1);
  EXPECT_THAT(noderig({"history", "show", "pases"}).err, HasSubstr("did you mean \"passes\"?"));
}

TEST_F(PastRuns, ShowAKilledOneAsInterrupted) {
  {
    RigProcess rig = start("waits_forever");
    rig.await_output("wait for what never comes");
    rig.signal(SIGKILL);
    rig.wait();
    EXPECT_TRUE(rig.wait_for_descendants(20s));
  }
  Json past = past_of("waits_forever");
  EXPECT_EQ(past["runs"], 1);
  EXPECT_EQ(past["interrupted"], 1);
  EXPECT_EQ(past["last"][0]["verdict"], "interrupted");
  // The next run finds a history that works, and leaves it at that.
  EXPECT_EQ(run("passes").status, kPassed);
  past = past_of("waits_forever");
  EXPECT_EQ(past["interrupted"], 1);
}

TEST_F(PastRuns, BeginAnewBesideADamagedFile) {
  std::ofstream(directory_ / "home" / "history.sqlite") << std::string(3000, 'x');
  const CommandResult result = run("passes");
  EXPECT_EQ(result.status, kPassed);
  EXPECT_THAT(result.err, HasSubstr("it was moved to"));
  EXPECT_EQ(past_of("passes")["runs"], 1);
}

TEST_F(PastRuns, ThatCannotBeKeptCostNoVerdict) {
  fs::create_directory(directory_ / "home" / "history.sqlite");
  const CommandResult result = run("passes");
  EXPECT_EQ(result.status, kPassed);
  EXPECT_THAT(last_line(result.out), "1 passed, 0 failed, 0 skipped");
  const std::string said = "not all in the history";
  EXPECT_THAT(result.err, HasSubstr(said));
  EXPECT_EQ(result.err.find(said), result.err.rfind(said));  // once
}

TEST_F(PastRuns, TellOfAFailureThatDidNotComeAgain) {
  // Side by side, either may be the first.
  const CommandResult result = run("fails_once", {"--repeat", "2", "-j", "1", "--json"});
  EXPECT_EQ(result.status, kFailed);
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["failed"], 1);
  EXPECT_EQ(json["scenarios"][0]["flaky"], true);
  EXPECT_EQ(json["scenarios"][1]["flaky"], false);
  EXPECT_THAT(result.err, HasSubstr("Flaky: fails_once on"));
  EXPECT_EQ(past_of("fails_once")["flaky"], 1);
}

TEST_F(PastRuns, DoNotCountAFailureInQuarantine) {
  const fs::path list = directory_ / "home" / "quarantine";
  std::ofstream(list) << "fails_once 2999-12-31 issue 7\n";
  CommandResult result = run_outside("fails_once", "--repeat 2");
  EXPECT_EQ(result.status, kPassed) << result.err;
  EXPECT_EQ(last_line(result.out), "1 passed, 0 failed, 1 skipped");
  EXPECT_THAT(result.out, AllOf(HasSubstr("failed fails_once"), HasSubstr("In quarantine"),
                                HasSubstr("issue 7")));
  EXPECT_EQ(past_of("fails_once")["failures"], 1);

  std::ofstream(list) << "fails_once 2020-01-01 issue 7\n";
  fs::remove(directory_ / "tmp" / "was_here");
  result = run_outside("fails_once");
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("ended with 2020-01-01"), Not(HasSubstr("In quarantine"))));
}

TEST_F(PastRuns, AreTheSameOnAnotherMachineOnceExported) {
  EXPECT_EQ(run("passes").status, kPassed);
  const std::string file = directory_ / "export.jsonl";
  EXPECT_EQ(noderig({"history", "export", "--json-file", file}).status, kPassed);
  const Json here = past_of("passes");
  environment_.insert(environment_.begin(), "NODERIG_HOME=" + (directory_ / "elsewhere").string());
  EXPECT_EQ(noderig({"history", "import", file, file}).status, kPassed);
  EXPECT_EQ(past_of("passes"), here);
  EXPECT_EQ(noderig({"history", "import", directory_ / "absent"}).status, kUsage);
}

}  // namespace
}  // namespace noderig
