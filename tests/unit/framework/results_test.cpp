#include <noderig/framework/runner/results.h>

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace noderig {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsSupersetOf;

std::vector<std::string> keys(const json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

Execution execution(Verdict verdict, double wall) {
  return {.scenario = "mempool_limits", .daemon = "knots", .verdict = verdict, .wall = wall};
}

RunResult failed_run() {
  Execution failed = execution(Verdict::Failed, 4.5);
  failed.reason = "height: 1 != 2";
  failed.assertions = 17;
  failed.rig_cpu = 0.25;
  failed.peak_rss_bytes = std::int64_t{5} << 30;
  failed.bundle = ".noderig/bundles/1";
  failed.flaky = true;
  failed.subtests = {{"first", Verdict::Passed, "", 1.5}, {"second", Verdict::Failed, "why", 2}};
  failed.nodes = {{"node0", {"-regtest"}, 0.5, 1000}, {"node1", {}, 2.25, 2000}};
  failed.started = 0.5;
  failed.repeat = "noderig run mempool_limits --seed 1";
  failed.steps = {{"fill the mempool", 0.25, 4.25}};
  failed.rpc = {{"getblock", 5, 1, 0.125, 2}};
  failed.messages = {{"ping", 1, 8, 2, 16}};
  return {.run = "20240203-123456",
          .begin = std::chrono::sys_days(std::chrono::February / 3 / 2024) +
                   std::chrono::hours(12) + std::chrono::milliseconds(1500),
          .seed = 0xffff'ffff'ffff'fffe,
          .revision = "abc123",
          .daemons = {{"knots", "knots", "29.1", "/usr/bin/bitcoind", {"-regtest"}}},
          .machine = {"host", "Linux 6.1", 2, 1 << 30},
          .wall = 9,
          .jobs = 2,
          .planned = 3,
          .executions = {failed}};
}

// What other programs read: names may be added, none may go.
TEST(RunJson, HasEveryFieldOfTheContract) {
  const json run = failed_run();
  EXPECT_THAT(keys(run),
              IsSupersetOf({"schema", "run", "seed", "revision", "modified", "shard", "daemons",
                            "wall", "bound", "ratio", "passed", "failed", "skipped", "scenarios"}));
  EXPECT_THAT(keys(run["daemons"][0]), IsSupersetOf({"flavour", "version", "path", "args"}));
  EXPECT_THAT(keys(run["scenarios"][0]),
              IsSupersetOf({"name", "daemon", "partial", "verdict", "reason", "assertions", "wall",
                            "rig_cpu", "daemon_cpu", "busiest_daemon_cpu", "peak_rss_bytes",
                            "bundle", "failed_in", "flaky", "subtests"}));
  EXPECT_THAT(keys(run["scenarios"][0]["subtests"][0]),
              IsSupersetOf({"name", "verdict", "reason", "seconds"}));
}

TEST(RunJson, CarriesTheRun) {
  const json run = failed_run();
  EXPECT_EQ(run["schema"], 1);
  EXPECT_EQ(run["run"], "20240203-123456");
  EXPECT_EQ(run["seed"], 0xffff'ffff'ffff'fffe);
  EXPECT_EQ(run["revision"], "abc123");
  EXPECT_EQ(run["daemons"], json::parse(R"([{"name": "knots", "flavour": "knots", "version": "29.1",
      "path": "/usr/bin/bitcoind", "args": ["-regtest"]}])"));
  EXPECT_EQ(run["wall"], 9);
  EXPECT_EQ(run["bound"], 4.5);
  EXPECT_EQ(run["ratio"], 2);
  EXPECT_EQ(run["time"], "2024-02-03T12:00:01Z");
  EXPECT_EQ(run["jobs"], 2);
  EXPECT_EQ(run["planned"], 3);
  EXPECT_EQ(run["machine"], json::parse(R"({"host": "host", "system": "Linux 6.1", "cores": 2,
      "memory_bytes": 1073741824})"));
}

TEST(RunJson, CarriesAnExecution) {
  const json one = json(failed_run())["scenarios"][0];
  EXPECT_EQ(one["name"], "mempool_limits");
  EXPECT_EQ(one["daemon"], "knots");
  EXPECT_EQ(one["verdict"], "failed");
  EXPECT_EQ(one["reason"], "height: 1 != 2");
  EXPECT_EQ(one["assertions"], 17);
  EXPECT_EQ(one["wall"], 4.5);
  EXPECT_EQ(one["rig_cpu"], 0.25);
  EXPECT_EQ(one["daemon_cpu"], 2.75);
  EXPECT_EQ(one["busiest_daemon_cpu"], 2.25);
  EXPECT_EQ(one["peak_rss_bytes"], 5'368'709'120);
  EXPECT_EQ(one["bundle"], ".noderig/bundles/1");
  EXPECT_EQ(one["flaky"], true);
  EXPECT_EQ(one["subtests"], json::parse(R"([
      {"name": "first", "verdict": "passed", "reason": null, "seconds": 1.5},
      {"name": "second", "verdict": "failed", "reason": "why", "seconds": 2.0}])"));
  EXPECT_EQ(one["started"], 0.5);
  EXPECT_EQ(one["repeat"], "noderig run mempool_limits --seed 1");
  EXPECT_EQ(one["steps"],
            json::parse(R"([{"text": "fill the mempool", "offset": 0.25, "seconds": 4.25}])"));
  EXPECT_EQ(one["rpc"], json::parse(R"([{"method": "getblock", "calls": 5, "errors": 1,
      "seconds": 0.125, "rig_calls": 2}])"));
  EXPECT_EQ(one["messages"], json::parse(R"([{"command": "ping", "sent": 1, "sent_bytes": 8,
      "received": 2, "received_bytes": 16}])"));
}

TEST(RunJson, WritesWhatIsUndefinedAsNullAndWhatIsNoneAsEmpty) {
  const json run = RunResult{.run = "r", .executions = {execution(Verdict::Passed, 0)}};
  EXPECT_TRUE(run["ratio"].is_null());  // no time is the bound
  EXPECT_EQ(run["daemons"], json::array());
  EXPECT_TRUE(run["scenarios"][0]["reason"].is_null());
  EXPECT_TRUE(run["scenarios"][0]["bundle"].is_null());
  EXPECT_EQ(run["scenarios"][0]["flaky"], false);
  EXPECT_EQ(run["scenarios"][0]["subtests"], json::array());
  EXPECT_EQ(json(RunResult{})["scenarios"], json::array());
}

TEST(RunJson, CountsExecutionsAndAnInterruptedOneAsFailed) {
  RunResult run;
  for (const Verdict verdict : {Verdict::Passed, Verdict::Passed, Verdict::Passed, Verdict::Failed,
                                Verdict::Interrupted, Verdict::Skipped}) {
    run.executions.push_back(execution(verdict, 1));
  }
  const json written = run;
  EXPECT_EQ(written["passed"], 3);
  EXPECT_EQ(written["failed"], 2);
  EXPECT_EQ(written["skipped"], 1);
  EXPECT_EQ(written["scenarios"][4]["verdict"], "interrupted");
  EXPECT_EQ(written["scenarios"][5]["verdict"], "skipped");
}

TEST(RunResult, BoundIsTheLongestExecutionOrTheDaemonsCpuSpreadOverTheCores) {
  RunResult run{.run = "r",
                .machine = {.host = "h", .system = "s", .cores = 2},
                .executions = {execution(Verdict::Passed, 1), execution(Verdict::Passed, 6),
                               execution(Verdict::Passed, 3)}};
  EXPECT_EQ(run.bound(), 6);
  run.executions[0].nodes = {{"node0", {}, 8, 0}, {"node1", {}, 4, 0}};
  run.executions[2].nodes = {{"node0", {}, 2, 0}};
  EXPECT_EQ(run.bound(), 7);
  run.machine.cores = 4;
  EXPECT_EQ(run.bound(), 6);
}

// With more jobs than cores each takes longer, and the run would seem the better for it.
TEST(RunResult, LongestExecutionCountsWhatItsQuickestRunTook) {
  RunResult run{.run = "r",
                .machine = {.host = "h", .system = "s", .cores = 2},
                .wall = 12,
                .executions = {execution(Verdict::Passed, 12), execution(Verdict::Passed, 5)}};
  run.executions[0].least_seconds = 4;
  run.executions[1].least_seconds = 6;
  run.executions[1].nodes = {{"node0", {}, 6, 0}};
  const json written = run;
  EXPECT_EQ(written["bound_longest"], 5);
  EXPECT_EQ(written["bound_cpu"], 3);
  EXPECT_EQ(written["bound"], 5);
  EXPECT_EQ(written["ratio"], 12.0 / 5);
  EXPECT_EQ(written["scenarios"][0]["least_seconds"], 4);
}

TEST(SubtestResult, ComesBackFromJson) {
  for (const Verdict verdict :
       {Verdict::Passed, Verdict::Failed, Verdict::Skipped, Verdict::Interrupted}) {
    for (const char* reason : {"", "because"}) {
      const auto back = json(SubtestResult{"name", verdict, reason, 1.25}).get<SubtestResult>();
      EXPECT_EQ(back.name, "name");
      EXPECT_EQ(back.verdict, verdict);
      EXPECT_EQ(back.reason, reason);
      EXPECT_EQ(back.seconds, 1.25);
    }
  }
}

TEST(SubtestResult, RefusesAVerdictThatIsNone) {
  json written = SubtestResult{"name"};
  written["verdict"] = "pass";
  EXPECT_THROW(written.get<SubtestResult>(), std::invalid_argument);
}

TEST(RpcUse, ComesBackFromJson) {
  const auto back = json(RpcUse{"getblock", 5, 1, 0.5, 3}).get<RpcUse>();
  EXPECT_EQ(back.method, "getblock");
  EXPECT_EQ(back.calls, 5);
  EXPECT_EQ(back.errors, 1);
  EXPECT_EQ(back.seconds, 0.5);
  EXPECT_EQ(back.rig_calls, 3);
}

TEST(MessageUse, ComesBackFromJson) {
  const auto back = json(MessageUse{"ping", 1, 8, 2, 16}).get<MessageUse>();
  EXPECT_EQ(back.command, "ping");
  EXPECT_EQ(back.sent, 1);
  EXPECT_EQ(back.sent_bytes, 8);
  EXPECT_EQ(back.received, 2);
  EXPECT_EQ(back.received_bytes, 16);
}

TEST(NodeUsage, ComesBackFromJson) {
  const auto back = json(NodeUsage{"node1", {"-a", "-b=1"}, 1.5, 1 << 30}).get<NodeUsage>();
  EXPECT_EQ(back.name, "node1");
  EXPECT_THAT(back.arguments, ElementsAre("-a", "-b=1"));
  EXPECT_EQ(back.cpu_seconds, 1.5);
  EXPECT_EQ(back.peak_rss_bytes, 1 << 30);
}

}  // namespace
}  // namespace noderig
