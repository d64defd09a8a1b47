// What is left of runs in the history, whatever way they end.
#include "rig_test.h"

#include <fmt/format.h>
#include <noderig/framework/history/history.h>
#include <csignal>
#include <fstream>
#include <memory>

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

  // `noderig run` as a line for shell(): the quarantine list is the one in the home.
  std::string run_line(const std::string& scenario, const std::string& options = "") const {
    return fmt::format("exec {} run {} --plugin {} --daemon {} {}", NODERIG_PROGRAM, scenario,
                       plugin(scenario), fs::absolute(daemon_).string(), options);
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

// A page that shows only when it is read.
TEST_F(PastRuns, BeginAnewWhenAPageOfTheFileIsDamaged) {
  const fs::path home = directory_ / "home";
  const auto damage = [&](const std::string& index) {
    RecordedRun past{.name = "past", .origin = "noderig"};
    past.daemons = {{.name = "x", .flavour = "x", .version = "1", .path = "/x", .arguments = {}}};
    past.executions = {
        {.test = scenario_test_id("rest"), .daemon = "x", .verdict = Verdict::Passed}};
    History(home, History::Access::Write).merge({past});
    std::int64_t page = 0;
    std::int64_t size = 0;
    {
      sqlite::Database database(History::file_in(home), sqlite::Open::Write);
      page = database.number("SELECT rootpage FROM sqlite_schema WHERE name = '" + index + "'");
      size = database.number("PRAGMA page_size");
    }
    std::fstream file(History::file_in(home), std::ios::in | std::ios::out);
    file.seekp((page - 1) * size);
    file << std::string(static_cast<std::size_t>(size), 'x');
  };
  damage("execution_whole_pass");
  EXPECT_THAT(run("passes", {"--shard", "2/2"}).err, HasSubstr("it was moved to"));
  damage("execution_whole_pass");
  const std::vector<std::string> list = {"list", "passes", "--plugin", plugin("passes"),
                                         "--without-daemon"};
  EXPECT_THAT(noderig(list).err, HasSubstr("it was moved to"));
  EXPECT_THAT(noderig(list).err, testing::IsEmpty());
  damage("execution_past");
  EXPECT_THAT(noderig({"risk", "rank"}).err, HasSubstr("it was moved to"));
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

TEST_F(PastRuns, DoNotWaitForAnotherProcessThatWrites) {
  const fs::path home = directory_ / "home";
  { const History made(home, History::Access::Write); }
  sqlite::Database database(History::file_in(home), sqlite::Open::Write);
  auto import = std::make_unique<sqlite::Transaction>(database);
  RigProcess rig = start("passes");
  rig.await_output("passed passes");
  import.reset();
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kPassed);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(past_of("passes")["last"][0]["verdict"], "passed");
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

TEST_F(PastRuns, TellOfAPassThatTheSameBuildFailedBefore) {
  const CommandResult made = shell(
      "git init -q work && cd work && touch tracked && git add tracked && "
      "git -c user.name=x -c user.email=x@example.org commit -qm x");
  ASSERT_EQ(made.status, 0) << made.err;
  const std::string line = "cd work && " + run_line("fails_once", "--json");
  const CommandResult first = shell(line);
  EXPECT_EQ(first.status, kFailed);
  const CommandResult second = shell(line);
  EXPECT_EQ(second.status, kPassed);  // a failure of the past fails no run, and is not kept silent
  const Json run = Json::parse(second.out);
  const std::string failed_in = Json::parse(first.out)["run"];
  EXPECT_EQ(run["scenarios"][0]["verdict"], "passed");
  EXPECT_EQ(run["scenarios"][0]["flaky"], true);
  EXPECT_EQ(run["scenarios"][0]["failed_in"], failed_in);
  EXPECT_EQ(run["modified"], false);
  EXPECT_THAT(second.err, AllOf(HasSubstr("Flaky: fails_once on "),
                                HasSubstr("failed on this same build in " + failed_in)));
  const Json past = past_of("fails_once");
  EXPECT_EQ(past["flaky"], 1);
  EXPECT_EQ(past["last"][0]["flaky"], false);
  EXPECT_EQ(past["last"][1]["flaky"], true);

  // Changed sources are another build, of which nothing is known.
  std::ofstream(directory_ / "work" / "tracked") << "x";
  const CommandResult changed = shell(line);
  EXPECT_EQ(Json::parse(changed.out)["modified"], true);
  EXPECT_EQ(Json::parse(changed.out)["scenarios"][0]["flaky"], false);
  EXPECT_THAT(changed.err, Not(HasSubstr("Flaky")));
}

TEST_F(PastRuns, DoNotCountAFailureInQuarantine) {
  const fs::path list = directory_ / "home" / "quarantine";
  const CommandResult added = shell(
      quote_command({NODERIG_PROGRAM, "history", "quarantine", "add", "fails_once", "--plugin",
                     plugin("fails_once"), "--until", "2999-12-31", "--reason", "issue 7"}));
  EXPECT_EQ(added.status, kPassed) << added.err;
  EXPECT_EQ(read_file(list), "fails_once 2999-12-31 issue 7\n");
  CommandResult result = shell(run_line("fails_once", "--repeat 2"));
  EXPECT_EQ(result.status, kPassed) << result.err;
  EXPECT_EQ(last_line(result.out), "1 passed, 0 failed, 1 skipped");
  EXPECT_THAT(result.out, AllOf(HasSubstr("failed fails_once"), HasSubstr("In quarantine"),
                                HasSubstr("issue 7")));
  EXPECT_EQ(past_of("fails_once")["failures"], 1);

  std::ofstream(list) << "fails_once 2020-01-01 issue 7\n";
  fs::remove(directory_ / "tmp" / "was_here");
  result = shell(run_line("fails_once"));
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
