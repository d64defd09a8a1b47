#include <noderig/framework/runner/matrix.h>

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace noderig {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

DaemonProfile daemon(const std::string& flavour, const std::string& version,
                     const std::string& path) {
  return {.flavour = flavour,
          .version = version,
          .executable = path,
          .options = {},
          .rpcs = {},
          .behaviours = {}};
}

DaemonUsed used(const std::string& name) {
  return {.name = name, .flavour = name, .version = "1", .path = "/" + name, .arguments = {}};
}

Execution execution(const std::string& scenario, const std::string& daemon, Verdict verdict,
                    double wall, const std::string& reason = "") {
  return {
      .scenario = scenario, .daemon = daemon, .verdict = verdict, .reason = reason, .wall = wall};
}

TEST(NamesInRun, AreAsShortAsTheyCanBe) {
  EXPECT_THAT(names_in_run({daemon("knots", "29.4", "/k"), daemon("bcoin", "1.0.2", "/b")}),
              ElementsAre("knots", "bcoin"));
}

TEST(NamesInRun, SayTheVersionWhereFlavoursAreEqual) {
  EXPECT_THAT(names_in_run({daemon("core", "29.3", "/a"), daemon("knots", "29.4", "/k"),
                            daemon("core", "30.0", "/b")}),
              ElementsAre("core 29.3", "knots", "core 30.0"));
}

TEST(NamesInRun, SayThePathWhereVersionsAreEqualToo) {
  EXPECT_THAT(names_in_run({daemon("core", "29.3", "/a"), daemon("core", "29.3", "/b"),
                            daemon("core", "30.0", "/c")}),
              ElementsAre("/a", "/b", "core 30.0"));
}

TEST(MatrixTable, HasARowAScenarioAndAColumnADaemon) {
  const RunResult run{.run = "r",
                      .daemons = {used("knots"), used("bcoin")},
                      .executions = {execution("reorg", "knots", Verdict::Passed, 1.25),
                                     execution("reorg", "bcoin", Verdict::Passed, 12),
                                     execution("compact_blocks", "knots", Verdict::Passed, 3),
                                     execution("compact_blocks", "bcoin", Verdict::Passed, 4)}};
  EXPECT_EQ(matrix_table(run),
            "scenario        knots         bcoin\n"
            "reorg           passed 1.2 s  passed 12.0 s\n"
            "compact_blocks  passed 3.0 s  passed 4.0 s\n");
}

TEST(MatrixTable, SaysBelowWhySomethingDidNotPass) {
  const RunResult run{
      .run = "r",
      .daemons = {used("knots"), used("bcoin")},
      .executions = {execution("reorg", "knots", Verdict::Failed, 1, "tip is a\nat: step"),
                     execution("reorg", "bcoin", Verdict::Skipped, 0, "bcoin 1 lacks wallet")}};
  EXPECT_EQ(matrix_table(run),
            "scenario  knots         bcoin\n"
            "reorg     failed 1.0 s  skipped\n"
            "\n"
            "reorg on knots: failed: tip is a\n"
            "reorg on bcoin: skipped: bcoin 1 lacks wallet\n");
}

TEST(MatrixTable, CountsSubtestsAndGroupsTheirReasons) {
  Execution one = execution("reorg", "knots", Verdict::Failed, 1, "1 of 4 sub-tests failed");
  one.subtests = {{"a", Verdict::Passed, "", 0.1},
                  {"b", Verdict::Skipped, "no zmq", 0},
                  {"c", Verdict::Failed, "wrong", 0.1},
                  {"d", Verdict::Skipped, "no zmq", 0}};
  const std::string table =
      matrix_table({.run = "r", .daemons = {used("knots")}, .executions = {one}});
  EXPECT_THAT(table, HasSubstr("failed 1/4 1.0 s\n"));
  EXPECT_THAT(table, HasSubstr("reorg on knots: b, d skipped: no zmq\n"
                               "reorg on knots: c failed: wrong\n"));
  EXPECT_THAT(table, Not(HasSubstr("1 of 4")));
}

TEST(MatrixTable, CountsRepetitions) {
  const RunResult run{.run = "r",
                      .daemons = {used("knots")},
                      .executions = {execution("reorg", "knots", Verdict::Passed, 1),
                                     execution("reorg", "knots", Verdict::Failed, 2, "wrong"),
                                     execution("reorg", "knots", Verdict::Passed, 3)}};
  EXPECT_THAT(matrix_table(run), HasSubstr("failed 2/3 2.0 s\n"));
}

TEST(MatrixTable, ShowsWhatTheRunDidNotComeTo) {
  const RunResult run{.run = "r",
                      .daemons = {used("knots"), used("bcoin")},
                      .executions = {execution("reorg", "knots", Verdict::Interrupted, 1, "user")}};
  EXPECT_EQ(matrix_table(run),
            "scenario  knots              bcoin\n"
            "reorg     interrupted 1.0 s  -\n"
            "\n"
            "reorg on knots: interrupted: user\n");
}

}  // namespace
}  // namespace noderig
