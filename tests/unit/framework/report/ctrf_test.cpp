#include <noderig/framework/report/ctrf.h>

#include "sample_run.h"

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace noderig {
namespace {

using nlohmann::json;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

json sample_report() {
  return json::parse(ctrf_json(sample_run()));
}

json test_named(const json& report, const std::string& name) {
  for (const json& test : report["results"]["tests"]) {
    if (test["name"] == name) return test;
  }
  return {};
}

void expect_only(const json& object, const std::set<std::string>& allowed) {
  for (const auto& [name, value] : object.items()) {
    EXPECT_TRUE(allowed.contains(name)) << name << " is no field of " << object.dump();
  }
}

// The published schema refuses fields that it does not name and wants whole milliseconds.
TEST(Ctrf, HasTheFieldsOfItsSchemaAndNoOthers) {
  const json report = sample_report();
  EXPECT_EQ(report["reportFormat"], "CTRF");
  EXPECT_EQ(report["specVersion"], "0.0.0");
  EXPECT_EQ(report["timestamp"], "2026-02-03T12:00:05Z");
  expect_only(report, {"reportFormat", "specVersion", "timestamp", "generatedBy", "results"});
  const json& results = report["results"];
  expect_only(results, {"tool", "summary", "tests", "environment"});
  EXPECT_EQ(results["tool"]["name"], "noderig");
  expect_only(results["environment"], {"commit", "osPlatform", "osRelease", "extra"});
  for (const json& test : results["tests"]) {
    expect_only(test, {"name", "status", "rawStatus", "duration", "start", "stop", "suite", "type",
                       "message", "steps", "extra"});
    EXPECT_FALSE(test.at("name").get<std::string>().empty());
    EXPECT_THAT(test.at("status").get<std::string>(),
                AnyOf("passed", "failed", "skipped", "pending", "other"));
    EXPECT_TRUE(test.at("duration").is_number_integer());
    EXPECT_THAT(test.at("suite"), SizeIs(2));
    for (const json& step : test.value("steps", json::array())) {
      expect_only(step, {"name", "status", "extra"});
    }
  }
}

TEST(Ctrf, CountsTestsByStatus) {
  const json summary = sample_report()["results"]["summary"];
  EXPECT_EQ(summary, json::parse(R"({"tests": 11, "passed": 4, "failed": 2, "skipped": 3,
      "pending": 1, "other": 1, "suites": 6, "start": 1770120000250,
      "stop": 1770120005250, "duration": 5000})"));
}

TEST(Ctrf, PlacesATestInItsRunAndTime) {
  const json test = test_named(sample_report(), "first");
  EXPECT_EQ(test["suite"], json({"knots", "passes"}));
  EXPECT_EQ(test["status"], "passed");
  EXPECT_EQ(test["duration"], 500);
  EXPECT_EQ(test["start"], 1770120000250 + 500 + 750);  // the run's, the execution's, the step's
  EXPECT_EQ(test["stop"], 1770120000250 + 1750);
  // Nobody knows when a sub-test was that has no step.
  EXPECT_FALSE(test_named(sample_report(), "broken").contains("start"));
}

TEST(Ctrf, SaysWhyATestFailedAndHowToRepeatIt) {
  const json broken = test_named(sample_report(), "broken");
  EXPECT_EQ(broken["status"], "failed");
  EXPECT_THAT(broken["message"].get<std::string>(),
              testing::AllOf(HasSubstr("<b>&amp; \"q\""), HasSubstr("\u241B[31m"),
                             HasSubstr("\nnot ok 9 - injected\n")));
  EXPECT_EQ(broken["extra"]["bundle"], ".noderig/bundles/r 1/fails");
  EXPECT_EQ(broken["extra"]["repeat"], "noderig run fails --seed 7 --daemon 'a b'");
  // A failure outside of every sub-test is a test of its own.
  EXPECT_EQ(test_named(sample_report(), "fails_outside")["message"], "a daemon ended by itself");
}

TEST(Ctrf, TellsInterruptedAndFlakyApart) {
  const json interrupted = test_named(sample_report(), "interrupted");
  EXPECT_EQ(interrupted["status"], "other");
  EXPECT_EQ(interrupted["rawStatus"], "interrupted");
  EXPECT_EQ(test_named(sample_report(), "flaky")["extra"]["flaky"], true);
  EXPECT_FALSE(test_named(sample_report(), "broken")["extra"].contains("flaky"));
  EXPECT_EQ(test_named(sample_report(), "skipped")["message"], "core 29.3 lacks wallet");
}

TEST(Ctrf, SaysOfAPassInWhichRunTheSameBuildFailed) {
  RunResult run = sample_run();
  run.executions[0].flaky = true;
  run.executions[0].failed_in = "r0";
  run.executions[0].subtests.clear();
  const json test = test_named(json::parse(ctrf_json(run)), "passes");
  EXPECT_EQ(test["status"], "passed");
  EXPECT_EQ(test["flaky"], true);
  EXPECT_EQ(test["extra"]["failed_in"], "r0");
}

TEST(Ctrf, HasWhatDidNotRunAsPending) {
  const json left_out = test_named(sample_report(), "left_out");
  EXPECT_EQ(left_out["status"], "pending");
  EXPECT_EQ(left_out["message"], "interrupted");
  EXPECT_EQ(left_out["extra"]["times"], 2);
}

TEST(Ctrf, SaysWhyATestWasPlanned) {
  EXPECT_EQ(test_named(sample_report(), "first")["extra"]["planned"],
            json({"changed: <src/net.cpp>"}));
  EXPECT_EQ(test_named(sample_report(), "left_out")["extra"]["planned"], json({"risk 8"}));
  EXPECT_FALSE(test_named(sample_report(), "skipped")["extra"].contains("planned"));
}

TEST(Ctrf, HasAFailureInQuarantineAsSkipped) {
  const json excused = test_named(sample_report(), "flaky");
  EXPECT_EQ(excused["status"], "skipped");
  EXPECT_EQ(excused["rawStatus"], "failed");
  EXPECT_EQ(excused["message"], "failed, in quarantine until 2026-03-01: issue 9\nsometimes");
}

TEST(Ctrf, StepsOfAScenarioEndWithItsVerdict) {
  Execution one{.scenario = "s", .daemon = "knots", .verdict = Verdict::Failed, .wall = 2};
  one.steps = {{"mine", 0.5, 1}, {"check", 1.5, 0.5}};
  const json steps =
      json::parse(ctrf_json({.run = "r", .executions = {one}}))["results"]["tests"][0]["steps"];
  ASSERT_THAT(steps, SizeIs(2));
  EXPECT_EQ(steps[0]["name"], "mine");
  EXPECT_EQ(steps[0]["status"], "passed");
  EXPECT_EQ(steps[0]["extra"], json::parse(R"({"offset": 500, "duration": 1000})"));
  EXPECT_EQ(steps[1]["status"], "failed");
}

TEST(Ctrf, OfARunOfNothingIsStillAReport) {
  const json report = json::parse(ctrf_json({.run = "r"}));
  EXPECT_EQ(report["results"]["tests"], json::array());
  EXPECT_EQ(report["results"]["summary"]["tests"], 0);
}

}  // namespace
}  // namespace noderig
