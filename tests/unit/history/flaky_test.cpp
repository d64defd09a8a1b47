#include <gmock/gmock.h>
#include <noderig/framework/history/past.h>
#include <noderig/framework/history/quarantine.h>
#include <noderig/framework/history/statistics.h>
#include <noderig/framework/history/summary.h>

#include "support.h"

namespace noderig {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

// A test's past, written one execution after the other.
class Flaky : public testing::Test {
 protected:
  Flaky() { runs_.reserve(100); }

  PastRun& run(const std::string& revision, std::optional<bool> modified = false) {
    return runs_.emplace_back(PastRun{.name = "r", .revision = revision, .modified = modified});
  }

  void add(const PastRun& in, Verdict verdict, const PastDaemon* daemon = nullptr) {
    PastExecution one{.run = &in, .daemon = daemon ? daemon : &knots_};
    one.verdict = verdict;
    test_.executions.push_back(one);
  }

  // "F" failed, "f" flaky, "." passed, one a run.
  std::string marked() {
    mark_flaky(test_);
    return verdict_strip(test_, 100);
  }

  std::vector<PastRun> runs_;
  const PastDaemon knots_{"knots", "29.4", "/a"};
  const PastDaemon knots_elsewhere_{"knots", "29.4", "/b"};
  const PastDaemon newer_knots_{"knots", "30.0", "/a"};
  const PastDaemon dirty_core_{"core", "30.99.0-abc-dirty", "/c"};
  PastTest test_{.id = "scenario:rest"};
};

TEST_F(Flaky, IsAFailureThatTheSameBuildDidNotRepeatLater) {
  add(run("a"), Verdict::Failed);
  add(run("a"), Verdict::Passed, &knots_elsewhere_);
  EXPECT_EQ(marked(), "f.");
}

TEST_F(Flaky, IsNotAFailureAfterAPassInAnotherRun) {
  add(run("a"), Verdict::Passed);
  add(run("a"), Verdict::Failed);
  EXPECT_EQ(marked(), ".F");
}

TEST_F(Flaky, IsNotWhatAnotherBuildRepaired) {
  add(run("a"), Verdict::Failed);
  add(run("b"), Verdict::Passed);
  EXPECT_EQ(marked(), "F.");
}

TEST_F(Flaky, IsNotWhatAnotherDaemonPasses) {
  add(run("a"), Verdict::Failed);
  add(run("a"), Verdict::Passed, &newer_knots_);
  EXPECT_EQ(marked(), "F.");
}

TEST_F(Flaky, IsNotToldOfUnknownBuilds) {
  for (const std::optional<bool> modified : {std::optional<bool>(true), std::optional<bool>()}) {
    add(run("a", modified), Verdict::Failed);
    add(run("a", modified), Verdict::Passed);
  }
  add(run(""), Verdict::Failed);
  add(run(""), Verdict::Passed);
  add(run("b"), Verdict::Failed, &dirty_core_);
  add(run("b"), Verdict::Passed, &dirty_core_);
  EXPECT_EQ(marked(), "F.F.F.F.");
}

TEST_F(Flaky, IsAFailureBesideAPassOfItsRunInAnyOrder) {
  const PastRun& changed = run("a", true);
  add(changed, Verdict::Passed);
  add(changed, Verdict::Failed);
  EXPECT_EQ(marked(), ".f");
}

TEST_F(Flaky, IsNotToldFromPartsOfAScenario) {
  add(run("a"), Verdict::Failed);
  add(run("a"), Verdict::Passed);
  test_.executions[1].partial = true;
  EXPECT_EQ(marked(), "F.");
}

TEST_F(Flaky, IsNotWhatTheRigCouldNotDo) {
  add(run("a"), Verdict::Failed);
  test_.executions.back().failure = FailureClass::RigFault;
  add(run("a"), Verdict::Passed);
  EXPECT_EQ(marked(), "F.");
}

TEST(FlakyInRun, FailedAndPassedOnOneDaemon) {
  std::vector<Execution> executions = {
      {.scenario = "rest", .daemon = "knots", .verdict = Verdict::Failed},
      {.scenario = "rest", .daemon = "bcoin", .verdict = Verdict::Failed},
      {.scenario = "zmq", .daemon = "knots", .verdict = Verdict::Failed},
      {.scenario = "rest", .daemon = "knots", .verdict = Verdict::Passed},
      {.scenario = "rest", .daemon = "knots", .verdict = Verdict::Failed, .rig_fault = true}};
  mark_flaky(executions);
  std::vector<bool> flaky;
  for (const Execution& one : executions) flaky.push_back(one.flaky);
  EXPECT_THAT(flaky, ElementsAre(true, false, false, false, false));
}

// A run of one pass, and what it takes for the failure of an earlier run to be of its build.
class FailedBefore : public testing::Test {
 protected:
  std::string failed_in(const PastFailure& failure) {
    mark_failed_before(run_, {failure});
    EXPECT_EQ(run_.executions[0].flaky, !run_.executions[0].failed_in.empty());
    return run_.executions[0].failed_in;
  }

  const PastFailure failure_{"rest", {"knots", "29.4", "/elsewhere"}, "r1"};
  RunResult run_{
      .run = "r2",
      .revision = "abc",
      .modified = false,
      .daemons = {kSomeKnots},
      .executions = {{.scenario = "rest", .daemon = "knots", .verdict = Verdict::Passed}}};
};

TEST_F(FailedBefore, IsSaidOfAPassOfTheSameBuild) {
  EXPECT_EQ(failed_in(failure_), "r1");
  EXPECT_EQ(run_.executions[0].verdict, Verdict::Passed);
  // The history keeps it as the pass that it is; the failure is what shows as flaky there.
  EXPECT_FALSE(recorded(run_.executions[0], 0, {}).flaky);
}

TEST_F(FailedBefore, NamesTheLatestRun) {
  PastFailure later = failure_;
  later.run = "r1b";
  mark_failed_before(run_, {failure_, later});
  EXPECT_EQ(run_.executions[0].failed_in, "r1b");
}

TEST_F(FailedBefore, IsNotSaidOfAnotherDaemonOrScenarioNorOfThisRun) {
  PastFailure other = failure_;
  other.daemon.version = "30.0";
  EXPECT_EQ(failed_in(other), "");
  other = failure_;
  other.scenario = "zmq";
  EXPECT_EQ(failed_in(other), "");
  other = failure_;
  other.run = "r2";
  EXPECT_EQ(failed_in(other), "");
}

TEST_F(FailedBefore, IsNotSaidWhereTheBuildIsNotKnown) {
  run_.modified = true;
  EXPECT_EQ(failed_in(failure_), "");
  run_.modified = std::nullopt;
  EXPECT_EQ(failed_in(failure_), "");
  run_.modified = false;
  run_.revision = "";
  EXPECT_EQ(failed_in(failure_), "");
  run_.revision = "abc";
  run_.daemons[0].version = "30.99.0-dirty";
  PastFailure dirty = failure_;
  dirty.daemon.version = "30.99.0-dirty";
  EXPECT_EQ(failed_in(dirty), "");
}

TEST_F(FailedBefore, IsNotSaidOfPartsNorOfWhatFailsAgain) {
  run_.executions[0].partial = true;
  EXPECT_EQ(failed_in(failure_), "");
  run_.executions[0].partial = false;
  run_.executions[0].verdict = Verdict::Failed;
  EXPECT_EQ(failed_in(failure_), "");
}

TEST(Summary, CountsWhatBeganAndTakesTimesOfWholePasses) {
  const PastRun in{.name = "r", .revision = "a", .modified = false};
  PastTest test{.id = "scenario:rest"};
  const auto add = [&](Verdict verdict, double seconds, bool partial = false) {
    PastExecution one{.run = &in};
    one.verdict = verdict;
    one.seconds = seconds;
    one.partial = partial;
    test.executions.push_back(one);
  };
  add(Verdict::Passed, 1);
  add(Verdict::Failed, 90);
  add(Verdict::Passed, 4);
  add(Verdict::Passed, 0.1, true);
  add(Verdict::Skipped, 0);
  add(Verdict::Interrupted, 50);
  mark_flaky(test);
  const PastSummary summary = summary_of(test);
  EXPECT_EQ(summary.runs, 5);
  EXPECT_EQ(summary.failures, 1);
  EXPECT_EQ(summary.flaky, 1);
  EXPECT_EQ(summary.interrupted, 1);
  EXPECT_EQ(summary.skipped, 1);
  EXPECT_EQ(summary.median_seconds, 2.5);
  EXPECT_EQ(summary.flaky_rate.high, wilson_interval(1, 4).high);
  EXPECT_EQ(verdict_strip(test, 4), "..s!");
}

TEST(Statistics, MedianIsTheMiddle) {
  EXPECT_EQ(median({}), std::nullopt);
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
}

TEST(Statistics, WilsonIntervalIsThePublishedOne) {
  // Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  const auto expect = [](std::size_t hits, std::size_t trials, double low, double high) {
    const Interval interval = wilson_interval(hits, trials);
    EXPECT_THAT(interval.low, DoubleNear(low, 0.00005));
    EXPECT_THAT(interval.high, DoubleNear(high, 0.00005));
  };
  expect(81, 263, 0.2553, 0.3662);
  expect(15, 148, 0.0624, 0.1605);
  expect(0, 20, 0.0, 0.1611);
  expect(1, 29, 0.0061, 0.1718);
  EXPECT_EQ(wilson_interval(0, 0).high, 1);
}

TEST(Statistics, TrendIsOfTheLastTenAgainstThoseBefore) {
  std::vector<double> values(5, 2.0);
  values.insert(values.end(), 9, 3.0);
  EXPECT_EQ(trend(values), std::nullopt);
  values.push_back(3.0);
  EXPECT_EQ(trend(values), 0.5);
  EXPECT_EQ(trend(std::vector<double>(40, 0.0)), std::nullopt);
}

TEST(Quarantine, IsKeptAsLinesWithComments) {
  TemporaryDirectory directory;
  const auto file = directory.write("list", "# why\n\nrest 2026-12-24 issue 120\n");
  Quarantine list(file);
  ASSERT_NE(list.find("rest"), nullptr);
  EXPECT_EQ(list.find("rest")->reason, "issue 120");
  EXPECT_EQ(list.find("zmq"), nullptr);
  list.put({"zmq", *parse_date("2026-12-25"), "slow machines"});
  list.put({"rest", *parse_date("2027-01-01"), "still"});
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(text, "# why\n\nrest 2027-01-01 still\nzmq 2026-12-25 slow machines\n");
  EXPECT_TRUE(list.remove("rest"));
  EXPECT_FALSE(list.remove("rest"));
  EXPECT_EQ(Quarantine(file).entries().size(), 1);
}

TEST(Quarantine, HoldsThroughItsLastDay) {
  const QuarantineEntry entry{"rest", *parse_date("2026-12-24"), "x"};
  EXPECT_FALSE(entry.expired(std::chrono::sys_days(*parse_date("2026-12-24"))));
  EXPECT_TRUE(entry.expired(std::chrono::sys_days(*parse_date("2026-12-25"))));
}

TEST(Quarantine, RefusesWhatIsNoEntryAndNamesTheLine) {
  TemporaryDirectory directory;
  for (const char* line : {"rest", "rest 2026-12-24", "rest 2026-02-30 x", "rest tomorrow x"}) {
    const auto file = directory.write("list", std::string("# first\n") + line + "\n");
    EXPECT_THAT([&] { Quarantine list(file); },
                ThrowsMessage<EnvironmentError>(HasSubstr("list:2: ")))
        << line;
  }
}

TEST(FailureClass, IsToldFromTheReason) {
  const auto told = [](const std::string& reason, std::vector<SubtestResult> subtests = {}) {
    Execution one{.scenario = "rest", .daemon = "knots", .verdict = Verdict::Failed};
    one.reason = reason;
    one.subtests = std::move(subtests);
    return failure_class(one);
  };
  EXPECT_EQ(told("not(1 == 2) at a.cpp:3"), FailureClass::Assertion);
  EXPECT_EQ(told("node0: getblock: RPC error -5: no"), FailureClass::RpcError);
  EXPECT_EQ(told("it took longer than its 5 s and hung at: x\nits worker was killed by signal 9"),
            FailureClass::Timeout);
  EXPECT_EQ(told("p0: waited 10.0 s for pong"), FailureClass::Timeout);
  EXPECT_EQ(told("node1 was killed by signal 9 (Killed) by itself"), FailureClass::NodeCrash);
  EXPECT_EQ(told("node0 wrote to its standard error: x"), FailureClass::NodeFault);
  EXPECT_EQ(told("p1 was dropped by the node, which no step expected"), FailureClass::PeerDropped);
  EXPECT_EQ(told("its worker was killed by signal 9 (Killed)"), FailureClass::Killed);
  EXPECT_EQ(told("an exception left a thread: x"), FailureClass::Exception);
  EXPECT_EQ(told("1 of 2 sub-tests failed",
                 {{"a", Verdict::Passed}, {"b", Verdict::Failed, "n: m: RPC error -1: x"}}),
            FailureClass::RpcError);
  EXPECT_EQ(failure_class({.scenario = "rest", .daemon = {}, .verdict = Verdict::Interrupted}),
            FailureClass::Interrupted);
  EXPECT_EQ(failure_class({.scenario = "rest", .daemon = {}, .verdict = Verdict::Passed}),
            FailureClass::None);
}

TEST(TimePoint, IsReadAsItIsWritten) {
  EXPECT_EQ(to_rfc3339(*parse_time("2026-11-25T21:47:23.125Z")), "2026-11-25T21:47:23.125Z");
  EXPECT_EQ(to_rfc3339(*parse_time("2026-11-25 21:47:23")), "2026-11-25T21:47:23Z");
  EXPECT_EQ(to_rfc3339(*parse_time("2026-11-25T21:47:23+02:30")), "2026-11-25T19:17:23Z");
  for (const char* text :
       {"", "2026-11-25", "yesterday", "2026-11-25T21:47:23+", "2026-11-25T21:47:23.Z"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace noderig
