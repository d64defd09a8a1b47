#include <fmt/format.h>
#include <gmock/gmock.h>
#include <noderig/framework/history/exchange/import.h>
#include <noderig/framework/history/exchange/iofrol.h>
#include <noderig/framework/history/exchange/record_json.h>
#include <noderig/framework/report/ctrf.h>
#include <noderig/framework/report/junit.h>

#include "support.h"

namespace noderig {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;

class Import : public testing::Test {
 protected:
  // The runs in a file with that text, whose format is told from it.
  std::vector<RecordedRun> import(const std::string& text, const std::string& name = "results") {
    const ResultFile file = read_result_file(directory_.write(name, text), "");
    return runs_in(file, format_of(file));
  }

  // Importing fails, and says so of that line.
  void expect_refused(const std::string& text, int line, const std::string& why) {
    const std::string place = "results:" + std::to_string(line) + ": ";
    EXPECT_THAT([&] { import(text); },
                ThrowsMessage<ImportError>(testing::AllOf(HasSubstr(place), HasSubstr(why))));
  }

  TemporaryDirectory directory_;
};

std::vector<std::string> lines_of(const RecordedRun& run) {
  std::vector<std::string> lines;
  for (const RecordedExecution& one : run.executions) {
    lines.push_back(fmt::format("{} {} {}", one.test, to_string(one.verdict), one.seconds));
  }
  return lines;
}

TEST_F(Import, CTestJUnit) {
  const auto runs = import(R"xml(<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="(empty)" hostname="box" time="3" timestamp="2026-11-20T10:00:00">
  <testcase name="quick" classname="quick" time="0.25" status="run"><system-out>x</system-out></testcase>
  <testcase name="broken" classname="broken" time="1.5" status="fail"><failure message="Failed"/></testcase>
  <testcase name="absent" classname="absent" time="0" status="notrun"><skipped message="77"/></testcase>
  <testcase name="off" classname="off" time="0" status="disabled"/>
</testsuite>)xml");
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_THAT(lines_of(runs[0]), ElementsAre("ctest:quick passed 0.25", "ctest:broken failed 1.5",
                                             "ctest:absent skipped 0", "ctest:off skipped 0"));
  EXPECT_EQ(runs[0].executions[1].reason, "Failed");
  EXPECT_EQ(to_rfc3339(runs[0].time), "2026-11-20T10:00:00Z");
  EXPECT_EQ(runs[0].machine.host, "box");
}

TEST_F(Import, GoogleTestJUnitByTheNameOfItsFile) {
  const auto runs = import(R"(<testsuites name="AllTests"><testsuite name="Amount">
    <testcase name="Adds" status="run" result="completed" time="0.5" classname="Amount"/>
    <testcase name="Off" status="notrun" result="suppressed" time="0" classname="Amount"/>
  </testsuite></testsuites>)",
                           "unit_p2p.xml");
  EXPECT_THAT(lines_of(runs.at(0)), ElementsAre("gtest:unit_p2p/Amount.Adds passed 0.5",
                                                "gtest:unit_p2p/Amount.Off skipped 0"));
}

TEST_F(Import, OwnJUnitAsScenariosWithSubtests) {
  const auto runs = import(R"(<testsuites name="noderig"><testsuite name="rest@knots" time="3.5">
    <testcase classname="rest@knots" name="first" time="1"/>
    <testcase classname="rest@knots" name="second" time="2"><failure message="1 != 2"/></testcase>
  </testsuite></testsuites>)");
  const RecordedExecution& one = runs.at(0).executions.at(0);
  EXPECT_THAT(lines_of(runs[0]), ElementsAre("scenario:rest failed 3.5"));
  EXPECT_EQ(one.reason, "1 != 2");
  ASSERT_THAT(one.subtests, SizeIs(2));
  EXPECT_EQ(one.subtests[1].test, "scenario:rest/second");
  EXPECT_EQ(runs[0].daemons.at(0).flavour, "knots");
}

TEST_F(Import, OtherJUnitByClassAndName) {
  EXPECT_THAT(lines_of(import(R"(<testsuite><testcase classname="a.B" name="c" time="1"/>
      <testcase name="alone"><error>boom</error></testcase></testsuite>)")
                           .at(0)),
              ElementsAre("a.B.c passed 1", "alone failed 0"));
}

TEST_F(Import, Ctrf) {
  const auto runs =
      import(R"({"results": {"tool": {"name": "jest"}, "summary": {"start": 1700000000000},
    "environment": {"commit": "cafe"},
    "tests": [{"name": "a", "status": "passed", "duration": 1500, "suite": ["s", "t"]},
              {"name": "b", "status": "failed", "duration": 20, "message": "no", "suite": "s"},
              {"name": "c", "status": "pending", "duration": 0}]}})");
  EXPECT_THAT(lines_of(runs.at(0)),
              ElementsAre("s.t.a passed 1.5", "s.b failed 0.02", "c skipped 0"));
  EXPECT_EQ(runs[0].revision, "cafe");
  EXPECT_EQ(runs[0].time, at_second(0));
}

TEST_F(Import, CTestCostData) {
  const auto runs =
      import("quick 3 0.25\nwith space 1 2\nleft_out 0 0\nbroken 0 0\n---\nwith space\nbroken\n");
  EXPECT_THAT(
      lines_of(runs.at(0)),
      ElementsAre("ctest:quick passed 0.25", "ctest:with space failed 2", "ctest:broken failed 0"));
}

TEST_F(Import, IofRolACycleARun) {
  const std::string text = std::string(kIofRolHeader) +
                           "\n1;A;3;0;2015-02-13 16:13:00;[];1;1\n"
                           "2;A;4.5;0;2015-02-13 16:13:00;[1, 0];0;2\n"
                           "3;B;5;0;2015-02-12 16:13:00;[];0;2\n";
  const auto runs = import(text);
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_THAT(lines_of(runs[0]), ElementsAre("A failed 3"));
  EXPECT_THAT(lines_of(runs[1]), ElementsAre("A passed 4.5", "B passed 5"));
  EXPECT_EQ(runs[1].revision, "cycle 2");
  EXPECT_LT(runs[0].time, runs[1].time);
}

TEST_F(Import, OfASpreadsheetsFile) {
  const auto runs = import("\xef\xbb\xbf" + std::string(kIofRolHeader) +
                           "\r\n1;A;3;0;2015-02-13 16:13:00;[];1;1\r\n");
  EXPECT_THAT(lines_of(runs.at(0)), ElementsAre("A failed 3"));
}

TEST_F(Import, WhatIsImportedTwiceIsThereOnce) {
  const std::string text = "quick 3 0.25\n---\n";
  History history(directory_.path(), History::Access::Write);
  EXPECT_EQ(history.merge(import(text)).executions, 1);
  EXPECT_EQ(history.merge(import(text, "a_copy")).executions, 0);
  EXPECT_EQ(history.merge(import("quick 4 0.25\n---\n")).executions, 1);
}

TEST_F(Import, ExportIsTheSameHistoryElsewhere) {
  RecordedRun run = some_run("r1");
  run.executions = {some_execution(0, Verdict::Passed), some_execution(4, Verdict::Failed)};
  run.executions[1].failure = FailureClass::Timeout;
  run.executions[1].subtests = {{"scenario:rest/a", Verdict::Failed, 1, "late"}};
  run.executions[1].defects = {{"D-1", 8}};
  const std::string text =
      export_header().dump() + "\n" + nlohmann::json(run).dump() + "\n" + export_header().dump();
  const auto runs = import(text);
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(nlohmann::json(runs[0]), nlohmann::json(run));
}

TEST_F(Import, RunJson) {
  RunResult result{.run = "20240203T123456Z-0badcafe", .seed = 7, .revision = "abc"};
  result.daemons = {kSomeKnots};
  result.executions = {{.scenario = "rest", .daemon = "knots", .verdict = Verdict::Failed}};
  result.executions[0].wall = 4.5;
  result.executions[0].nodes = {{"node0", {}, 1.5, 0}, {"node1", {}, 2, 0}};
  nlohmann::json json = result;
  json.erase("time");  // the name has it
  const auto runs = import(json.dump(2));
  EXPECT_THAT(lines_of(runs.at(0)), ElementsAre("scenario:rest failed 4.5"));
  EXPECT_EQ(runs[0].name, result.run);
  EXPECT_EQ(to_rfc3339(runs[0].time), "2024-02-03T12:34:56Z");
  EXPECT_EQ(runs[0].executions[0].daemon_cpu, 3.5);
  EXPECT_EQ(runs[0].executions[0].busiest_daemon_cpu, 2);
}

// What tells builds, whole executions and machines apart.
TEST_F(Import, RunJsonKeepsWhatCountsForFlakyAndTimes) {
  RunResult result{.run = "20240203T123456Z-0badcafe",
                   .begin = at_second(0),
                   .revision = "abc",
                   .modified = false};
  result.machine = {"box", "Linux 6", 2, 1 << 30};
  result.daemons = {kSomeKnots};
  result.executions = {{.scenario = "rest", .daemon = "knots", .verdict = Verdict::Failed}};
  RunResult later = result;
  later.run = "20240203T123457Z-0badcafe";
  later.begin = at_second(60);
  later.executions[0].verdict = Verdict::Passed;
  later.executions[0].wall = 8;
  RunResult part = later;
  part.run = "20240203T123458Z-0badcafe";
  part.executions[0].partial = true;
  part.executions[0].wall = 1;

  History history(directory_.path(), History::Access::Write);
  for (const RunResult& one : {result, later, part}) {
    history.merge(import(nlohmann::json(one).dump()));
  }
  EXPECT_EQ(history.expected_seconds().all_of("rest", "knots"), std::vector<double>{8});
  const PastTests past = history.past(any_test);
  const auto& executions = past.tests.at(0).executions;
  ASSERT_THAT(executions, SizeIs(3));
  EXPECT_TRUE(executions[0].flaky);
  EXPECT_EQ(executions[0].time, at_second(0));
  EXPECT_EQ(executions[0].run->host, "box");
  EXPECT_EQ(executions[0].run->modified, false);
}

TEST_F(Import, RunJsonOfAShard) {
  const RunResult result{.run = "20240203T123456Z-0badcafe",
                         .shard = ShardOfRun{.index = 2,
                                             .count = 3,
                                             .division = "0badcafe",
                                             .own = {"rest on knots"},
                                             .others = {"zmq on knots", "net on knots"}}};
  const auto shard = import(nlohmann::json(result).dump()).at(0).shard;
  ASSERT_TRUE(shard.has_value());
  EXPECT_EQ(nlohmann::json(*shard), nlohmann::json(*result.shard));
}

TEST_F(Import, RunJsonOfBeforeItHadThoseFields) {
  RunResult result{.run = "20240203T123456Z-0badcafe"};
  result.daemons = {kSomeKnots};
  result.executions = {{.scenario = "rest", .daemon = "knots", .verdict = Verdict::Passed}};
  nlohmann::json json = result;
  for (const char* name : {"modified", "machine", "time", "shard"}) json.erase(name);
  for (const char* name : {"partial", "rig_fault"}) json["scenarios"][0].erase(name);
  const auto runs = import(json.dump());
  EXPECT_EQ(runs.at(0).modified, std::nullopt);
  EXPECT_FALSE(runs[0].executions.at(0).partial);
}

TEST_F(Import, OwnReportsAsTheRunThatTheyTellOf) {
  RunResult result{
      .run = "20240203T123456Z-0badcafe", .seed = 7, .revision = "abc", .modified = false};
  result.daemons = {kSomeKnots};
  Execution passed{
      .scenario = "rest", .daemon = "knots", .partial = true, .verdict = Verdict::Passed};
  passed.subtests = {{"a", Verdict::Passed, "", 1}, {"b", Verdict::Skipped, "lacks it", 0}};
  Execution failed = passed;
  failed.verdict = Verdict::Failed;
  failed.subtests[1] = {"b", Verdict::Failed, "1 != 2", 2};
  result.executions = {passed, failed};
  for (const std::string& report : {junit_xml(result), ctrf_json(result)}) {
    const auto runs = import(report);
    ASSERT_THAT(runs, SizeIs(1));
    EXPECT_EQ(runs[0].name, result.run);
    EXPECT_EQ(runs[0].revision, "abc");
    EXPECT_EQ(runs[0].modified, false);
    EXPECT_EQ(runs[0].daemons.at(0).version, "29.4");
    ASSERT_THAT(runs[0].executions, SizeIs(2));
    EXPECT_EQ(runs[0].executions[0].verdict, Verdict::Passed);
    EXPECT_TRUE(runs[0].executions[0].partial);
    EXPECT_EQ(runs[0].executions[1].verdict, Verdict::Failed);
    EXPECT_EQ(runs[0].executions[1].test, "scenario:rest");
    EXPECT_EQ(runs[0].executions[1].reason, "1 != 2");
    EXPECT_EQ(runs[0].executions[0].subtests.at(1).verdict, Verdict::Skipped);
    EXPECT_EQ(runs[0].executions[1].subtests.at(1).test, "scenario:rest/b");
  }
}

// It counts as skipped where it was run, and tells no less of the scenario.
TEST_F(Import, OwnReportsOfAFailureInQuarantineAsAFailure) {
  RunResult result{.run = "20240203T123456Z-0badcafe"};
  result.daemons = {kSomeKnots};
  Execution failed{.scenario = "rest", .daemon = "knots", .verdict = Verdict::Failed};
  failed.quarantine = "until 2024-03-01: known";
  failed.subtests = {{"a", Verdict::Passed, "", 1}, {"b", Verdict::Failed, "1 != 2", 2}};
  result.executions = {failed};
  for (const std::string& report : {junit_xml(result), ctrf_json(result)}) {
    const auto runs = import(report);
    EXPECT_EQ(runs.at(0).executions.at(0).verdict, Verdict::Failed) << report;
    EXPECT_EQ(runs[0].executions[0].subtests.at(1).verdict, Verdict::Failed) << report;
  }
}

TEST_F(Import, BrokenPlacesAreNamed) {
  const std::string header = std::string(kIofRolHeader) + "\n";
  const std::string good = "1;A;3;0;2015-02-13 16:13:00;[];1;1\n";
  expect_refused(header + good + "2;A;3;0;2015-02-13 16:13:00;[];2;1\n", 3, "Verdict");
  expect_refused(header + good + good + "2;A;x;0;2015-02-13 16:13:00;[];1;1\n", 4, "Duration");
  expect_refused(header + "2;A;1;0;2015-02-13 16:13:00;[];1\n", 2, "7 fields");
  expect_refused(header + "2;A;1;0;yesterday;[];1;1\n", 2, "LastRun");
  expect_refused("a 1 2\nb one 2\n", 2, "NAME RUNS SECONDS");
  expect_refused("<testsuite>\n<testcase name='a' time='x'/>\n</testsuite>", 2, "is no time");
  expect_refused("<testsuite>\n<testcase name='a' time='nan'/>\n</testsuite>", 2, "is no time");
  expect_refused("<testsuite>\n\n<testcase time='1'/></testsuite>", 3, "without a name");
  expect_refused("<testsuite>\n<testcase name='a'>\n", 2, "");
  expect_refused("<html/>", 1, "<html>");
  expect_refused(R"({"results": {"tool": {"name": "x"}, "tests": [
    {"name": "a", "status": "passed", "duration": 1},
    {"name": "b", "status": "odd", "duration": 1}]}})",
                 3, "results.tests[1]");
  expect_refused(R"({"results": {"tool": {"name": "x"}, "tests": [
    {"name": "a", "status": "passed", "duration": -1}]}})",
                 2, "is negative");
  expect_refused("{\"results\":\n{\"tests\": [}", 2, "no JSON");
  const std::string line = nlohmann::json(some_run("r1")).dump();
  expect_refused(export_header().dump() + "\n" + line + "\n{\"run\": 1}\n", 3, "no run");
  expect_refused(export_header().dump() + "\n" + line.substr(0, 20) + "\n", 2, "no JSON");
  expect_refused("{\"schema\":9,\"kind\":\"noderig history\"}\n", 1, "newer");
  EXPECT_THAT([&] { import("what is this?\n"); },
              ThrowsMessage<ImportError>(HasSubstr("none of history, run, junit")));
  EXPECT_THAT([&] { import(""); }, ThrowsMessage<ImportError>(HasSubstr("empty")));
  EXPECT_THAT([&] { read_result_file(directory_.path(), ""); },
              ThrowsMessage<ImportError>(HasSubstr("it is a directory")));
}

TEST(IofRol, IsWrittenAsItIsRead) {
  TemporaryDirectory home;
  History history(home.path(), History::Access::Write);
  RecordedRun first = some_run("r1");
  first.executions = {some_execution(0, Verdict::Failed, "rest", 0),
                      some_execution(1, Verdict::Skipped, "zmq", 1)};
  RecordedRun second = some_run("r2", 60);
  second.executions = {some_execution(0, Verdict::Passed, "rest", 60)};
  history.merge({first, second});
  EXPECT_EQ(iofrol_csv(history.past(any_test)),
            std::string(kIofRolHeader) +
                "\n1;scenario:rest;2.000;0;2023-11-14 22:13:20;[];1;1\n"
                "2;scenario:rest;2.000;0;2023-11-14 22:13:20;[1];0;2\n");
}

}  // namespace
}  // namespace noderig
