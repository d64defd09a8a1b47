#include <gmock/gmock.h>
#include <noderig/framework/history/exchange/record_json.h>
#include <noderig/framework/history/history.h>
#include <sys/wait.h>

#include "support.h"

namespace noderig {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

class HistoryTest : public testing::Test {
 protected:
  History reader() { return {home_.path(), History::Access::Read}; }
  History writer() { return {home_.path(), History::Access::Write}; }

  // What an SQL query with one number as its answer finds in the file.
  std::int64_t number(const std::string& sql) {
    return sqlite::Database(History::file_in(home_.path()), sqlite::Open::Write).number(sql);
  }

  TemporaryDirectory home_;
};

TEST_F(HistoryTest, IsEmptyWhereThereIsNoFileAndReadingMakesNone) {
  EXPECT_THAT(reader().past(any_test).tests, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(History::file_in(home_.path())));
}

TEST_F(HistoryTest, IsEmptyWhereTheFileIs) {
  std::ofstream(History::file_in(home_.path()));
  EXPECT_THAT(reader().past(any_test).tests, IsEmpty());
}

TEST_F(HistoryTest, KeepsARunWithAllThatIsKnownOfIt) {
  RecordedRun run = some_run("r1");
  RecordedExecution one = some_execution(3, Verdict::Failed);
  one.rig_cpu = 0.5;
  one.daemon_cpu = 1.5;
  one.busiest_daemon_cpu = 1.25;
  one.peak_rss_bytes = std::int64_t{5} << 30;
  one.assertions = 17;
  one.failure = FailureClass::NodeCrash;
  one.reason = "node0 \"exited\" by itself\n\xe2\x82\xbf";
  one.bundle = "bundles/r1/rest";
  one.subtests = {{"scenario:rest/a", Verdict::Passed, 0.25, ""},
                  {"scenario:rest/b", Verdict::Failed, 0.5, "why"}};
  one.defects = {{"D-1", 5}};
  {
    History history = writer();
    const auto id = history.begin_run(run);
    history.execution_started(id, one);
    history.execution_finished(id, one);
    history.end_run(id, 12.5, false, {one});
  }
  std::vector<RecordedRun> found;
  reader().for_each_run([&](const RecordedRun& each) { found.push_back(each); });
  ASSERT_THAT(found, SizeIs(1));
  run.executions = {one};
  EXPECT_EQ(nlohmann::json(found[0]), nlohmann::json(run));
}

TEST_F(HistoryTest, ShowsNoVerdictWhileTheRunnerLives) {
  History history = writer();
  const auto id = history.begin_run(some_run("r1"));
  history.execution_started(id, some_execution(0, Verdict::Interrupted));
  EXPECT_THAT(verdicts_of(history, "scenario:rest"), IsEmpty());
  history.execution_finished(id, some_execution(0, Verdict::Passed));
  EXPECT_THAT(verdicts_of(history, "scenario:rest"), ElementsAre(Verdict::Passed));
}

TEST_F(HistoryTest, ReadsWhatAKilledRunnerLeftAsInterruptedAndTheNextOneMarksIt) {
  ForkedProcess runner([&](const ForkedProcess::Say& say) {
    History history = writer();
    const auto id = history.begin_run(some_run("r1"));
    history.execution_finished(id, some_execution(0, Verdict::Passed));
    history.execution_started(id, some_execution(1, Verdict::Interrupted));
    say("written");
  });
  ASSERT_EQ(runner.line(), "written");
  {
    History history = reader();
    EXPECT_THAT(verdicts_of(history, "scenario:rest"), ElementsAre(Verdict::Passed));
  }
  runner.kill();
  History history = writer();
  EXPECT_THAT(verdicts_of(history, "scenario:rest"),
              ElementsAre(Verdict::Passed, Verdict::Interrupted));
  EXPECT_EQ(number("SELECT count(*) FROM execution WHERE verdict = -1"), 1);
  history.begin_run(some_run("r2"));
  EXPECT_EQ(number("SELECT count(*) FROM execution WHERE verdict = -1"), 0);
  EXPECT_THAT(verdicts_of(history, "scenario:rest"),
              ElementsAre(Verdict::Passed, Verdict::Interrupted));
}

TEST_F(HistoryTest, TakesFromManyProcessesAtOnceWithoutLosingAny) {
  constexpr int kProcesses = 4;
  constexpr std::size_t kEach = 25;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        History history = writer();  // one of them makes the file
        const auto id = history.begin_run(some_run("r" + std::to_string(i)));
        for (std::size_t j = 0; j < kEach; ++j) {
          history.execution_started(id, some_execution(j, Verdict::Interrupted));
          history.execution_finished(id, some_execution(j, Verdict::Passed));
        }
        history.end_run(id, 1, false, {});
        ::_exit(0);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        ::_exit(1);
      }
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(number("SELECT count(*) FROM execution WHERE verdict = 0"), kProcesses * kEach);
  EXPECT_EQ(number("SELECT count(*) FROM test"), 1);
}

TEST_F(HistoryTest, RefusesAFileOfANewerNoderig) {
  writer();
  sqlite::Database(History::file_in(home_.path()), sqlite::Open::Write)
      .execute("PRAGMA user_version = 99");
  EXPECT_THAT([&] { writer(); }, ThrowsMessage<EnvironmentError>(HasSubstr("newer noderig")));
  EXPECT_THAT([&] { reader(); }, ThrowsMessage<EnvironmentError>(HasSubstr("NODERIG_HOME")));
}

TEST_F(HistoryTest, RefusesADatabaseOfSomethingElse) {
  sqlite::Database(History::file_in(home_.path()), sqlite::Open::Write)
      .execute("CREATE TABLE cookies (name TEXT)");
  EXPECT_THAT([&] { writer(); },
              ThrowsMessage<EnvironmentError>(HasSubstr("not noderig's history")));
}

TEST_F(HistoryTest, SaysWhatCannotBeWritten) {
  home_.write("file", "");
  EXPECT_THAT([&] { History(home_.path() / "file", History::Access::Write); },
              ThrowsMessage<EnvironmentError>(HasSubstr("file/history.sqlite")));
}

TEST_F(HistoryTest, ExpectsTheMedianOfWholePassesOnThatFlavour) {
  History history = writer();
  RecordedRun run = some_run("r1");
  const auto add = [&](const std::string& daemon, double seconds, Verdict verdict, bool partial) {
    RecordedExecution one = some_execution(run.executions.size(), verdict);
    one.daemon = daemon;
    one.seconds = seconds;
    one.partial = partial;
    run.executions.push_back(one);
  };
  for (const double seconds : {3.0, 1.0, 8.0}) add("knots", seconds, Verdict::Passed, false);
  add("knots", 100, Verdict::Failed, false);
  add("knots", 0.1, Verdict::Passed, true);
  add("bcoin", 40, Verdict::Passed, false);
  history.merge({run});
  const ExpectedSeconds expected = history.expected_seconds();
  EXPECT_EQ(expected.of("rest", "knots"), 3);
  EXPECT_EQ(expected.of("rest", "bcoin"), 40);
  EXPECT_EQ(expected.of("rest", "core"), 5.5);  // of all four
  EXPECT_EQ(expected.of("zmq", "knots"), std::nullopt);
}

TEST_F(HistoryTest, KnowsTheLastVerdictOfTestsAndSubtests) {
  History history = writer();
  RecordedRun run = some_run("r1");
  run.executions = {some_execution(0, Verdict::Failed, "rest", 5),
                    some_execution(1, Verdict::Passed, "rest", 9),
                    some_execution(2, Verdict::Passed, "zmq", 1)};
  run.executions[1].subtests = {{"scenario:rest/a", Verdict::Skipped, 0, ""}};
  history.merge({run});
  EXPECT_THAT(history.last_verdicts(), ElementsAre(std::pair("scenario:rest", Verdict::Passed),
                                                   std::pair("scenario:rest/a", Verdict::Skipped),
                                                   std::pair("scenario:zmq", Verdict::Passed)));
}

TEST_F(HistoryTest, KnowsTheFailuresOfABuildAndNoOthers) {
  RecordedRun run = some_run("r1");
  run.executions = {some_execution(0, Verdict::Failed), some_execution(1, Verdict::Passed, "zmq"),
                    some_execution(2, Verdict::Failed, "part"),
                    some_execution(3, Verdict::Failed, "no_disk"),
                    some_execution(4, Verdict::Interrupted, "cut_off")};
  run.executions[2].partial = true;
  run.executions[3].failure = FailureClass::RigFault;
  RecordedRun modified = some_run("r2", 60);
  modified.modified = true;
  modified.executions = {some_execution(0, Verdict::Failed, "rest", 60)};
  RecordedRun other = some_run("r3", 120, "def");
  other.executions = modified.executions;
  RecordedRun later = some_run("r4", 180);
  later.executions = {some_execution(0, Verdict::Failed, "rest", 180)};
  writer().merge({later, run, modified, other});
  const PastDaemon knots{"knots", "29.4", "/k/bitcoind"};
  EXPECT_THAT(reader().failures_at("abc"),
              ElementsAre(PastFailure{"rest", knots, "r1"}, PastFailure{"rest", knots, "r4"}));
}

TEST_F(HistoryTest, MergesARunOnce) {
  History history = writer();
  RecordedRun run = some_run("r1");
  run.executions = {some_execution(0, Verdict::Passed), some_execution(1, Verdict::Failed)};
  EXPECT_EQ(history.merge({run}).executions, 2);
  const History::Merged again = history.merge({run});
  EXPECT_EQ(again.runs, 0);
  EXPECT_EQ(again.executions, 0);
  EXPECT_THAT(verdicts_of(history, "scenario:rest"), SizeIs(2));
}

TEST_F(HistoryTest, CompletesWhatWasInterruptedWhenItIsMergedAgain) {
  History history = writer();
  RecordedRun run = some_run("r1");
  run.executions = {some_execution(0, Verdict::Interrupted)};
  history.merge({run});
  run.executions = {some_execution(0, Verdict::Passed), some_execution(1, Verdict::Failed)};
  EXPECT_EQ(history.merge({run}).executions, 2);
  EXPECT_THAT(verdicts_of(history, "scenario:rest"), ElementsAre(Verdict::Passed, Verdict::Failed));
}

TEST_F(HistoryTest, MergesAllRunsOrNone) {
  History history = writer();
  RecordedRun run = some_run("r1");
  run.executions = {some_execution(0, Verdict::Passed)};
  run.executions[0].seconds = std::numeric_limits<double>::quiet_NaN();  // NULL to SQLite
  EXPECT_THROW(history.merge({some_run("r0"), run}), EnvironmentError);
  EXPECT_EQ(number("SELECT count(*) FROM run"), 0);
}

}  // namespace
}  // namespace noderig
