// What runs, in which order and how often, and what becomes of the rest.
#include "rig_test.h"

#include <fmt/format.h>
#include <noderig/framework/history/history.h>
#include <sys/resource.h>
#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>

namespace noderig {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

class Scheduling : public RigTest {
 protected:
  // The words that let a run choose another scenario of this folder as well.
  static std::vector<std::string> with(const std::string& scenario,
                                       std::vector<std::string> options) {
    options.insert(options.begin(), {scenario, "--plugin", plugin(scenario)});
    return options;
  }

  Json json_of(const std::string& scenario, std::vector<std::string> options) {
    options.emplace_back("--json");
    return Json::parse(run(scenario, options).out);
  }

  // Writes a past of so many seconds for each into the history.
  void remember(const std::map<std::string, double>& seconds,
                const std::string& flavour = "knots") const {
    RecordedRun run{.name = "past",
                    .origin = "noderig",
                    .daemons = {{.name = "knots",
                                 .flavour = flavour,
                                 .version = "1",
                                 .path = "/elsewhere",
                                 .arguments = {}}}};
    for (const auto& [scenario, its] : seconds) {
      for (int i = 0; i < 3; ++i) {
        run.executions.push_back({.position = run.executions.size(),
                                  .test = scenario_test_id(scenario),
                                  .daemon = "knots",
                                  .verdict = Verdict::Passed,
                                  .seconds = its});
      }
    }
    History(directory_ / "home", History::Access::Write).merge({run});
  }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
    return (directory_ / name).string();
  }
};

std::vector<std::string> names_in(const Json& list) {
  std::vector<std::string> names;
  for (const Json& one : list) names.push_back(one["name"]);
  return names;
}

// ------------------------------------------------------------------------------ Plans and shards

TEST_F(Scheduling, PlanIsFollowedInItsOrderWithItsReasons) {
  const std::string plan = write("plan.json", R"({"schema": 1, "tests": [
      {"id": "scenario:passes", "reasons": ["src/net.cpp changed"]},
      {"id": "scenario:first_subtest_fails/sound", "reasons": ["it failed last"]}]})");
  const Json run = json_of("passes", with("first_subtest_fails", {"--plan", plan, "-j", "1"}));
  ASSERT_THAT(names_in(run["scenarios"]), ElementsAre("passes", "first_subtest_fails"));
  EXPECT_EQ(run["scenarios"][0]["reasons"], Json({"src/net.cpp changed"}));
  EXPECT_EQ(run["scenarios"][1]["reasons"], Json({"it failed last"}));
  EXPECT_THAT(names_in(run["scenarios"][1]["subtests"]), ElementsAre("sound"));
  EXPECT_EQ(run["passed"], 2);
}

TEST_F(Scheduling, RepeatCommandRepeatsWhatPlanAndEnvironmentChose) {
  const std::string plan = write("plan.json", R"({"schema": 1, "tests": [
      {"id": "scenario:first_subtest_fails/broken"}]})");
  const std::filesystem::path plugins = directory_ / "my plugins";
  std::filesystem::create_directory(plugins);
  std::filesystem::create_symlink(plugin("first_subtest_fails"), plugins / "one.so");
  const std::vector<std::string> usual = environment_;
  environment_.insert(environment_.begin(),
                      {"NODERIG_PLUGINS=" + plugins.string(), "NODERIG_DAEMON=" + daemon_});
  const Json first = Json::parse(noderig({"run", "--plan", plan, "--seed", "7", "--json"}).out);
  const std::string repeat = first["scenarios"][0]["repeat"];
  EXPECT_EQ(repeat, "noderig run first_subtest_fails --seed 7 --daemon " +
                        quote_command({std::filesystem::absolute(daemon_)}) +
                        " --subtest broken --plugin '" + (plugins / "one.so").string() + "'");

  // Also where nothing but the command is left of it.
  const std::string program = std::filesystem::path(NODERIG_PROGRAM).parent_path();
  const CommandResult again =
      run_command({"sh", "-c", "PATH=" + program + ":$PATH; " + repeat + " --json"},
                  {.environment = usual, .timeout = kLongest});
  EXPECT_EQ(again.status, kFailed) << again.err;
  const Json second = Json::parse(again.out);
  EXPECT_EQ(second["scenarios"][0]["repeat"], repeat);
  EXPECT_THAT(names_in(second["scenarios"][0]["subtests"]), ElementsAre("broken"));
}

TEST_F(Scheduling, PlanOfWhatIsNotThereIsRefused) {
  const auto refusal = [&](const std::string& id) {
    const std::string plan = write("plan.json", R"({"schema":1,"tests":[{"id":")" + id + R"("}]})");
    const CommandResult result = run("passes", {"--plan", plan});
    EXPECT_EQ(result.status, kUsage) << result.out;
    return result.err;
  };
  EXPECT_THAT(refusal("scenario:passe"), HasSubstr("\"passe\""));
  EXPECT_THAT(refusal("scenario:passes/nothing"), HasSubstr("no sub-test \"nothing\""));
  EXPECT_THAT(refusal("ctest:passes"), HasSubstr("\"ctest:passes\" cannot be run"));
}

// Shards of two machines whose histories differ.
TEST_F(Scheduling, ShardsThatDoNotAgreeAreFoundWhenTheirResultsAreMerged) {
  const auto shard_of = [&](const std::string& shard, const std::string& slow) {
    std::filesystem::remove(directory_ / "home" / "history.sqlite");
    remember({{slow, 50}, {slow == "nodes" ? "passes" : "nodes", 1}});
    const std::string file = (directory_ / ("shard" + shard.substr(0, 1) + ".json")).string();
    const CommandResult result =
        run("passes", with("nodes", {"--shard", shard, "--json-file", file}));
    const Json part = Json::parse(read_file(file))["shard"];
    EXPECT_THAT(result.out,
                HasSubstr(fmt::format("1 of 2, division {}", part["division"].get<std::string>())));
    return file;
  };
  const std::string first = shard_of("1/2", "nodes");
  const std::string same = shard_of("2/2", "nodes");
  EXPECT_EQ(noderig({"history", "import", first, same}).status, kPassed);
  const std::string other = shard_of("2/2", "passes");
  const CommandResult merged = noderig({"history", "import", first, other});
  EXPECT_EQ(merged.status, kFailed);
  EXPECT_THAT(merged.err, AllOf(HasSubstr("divided the same tests differently"),
                                HasSubstr("none of them had passes on ")));
}

TEST_F(Scheduling, ShardsHaveEachScenarioOnce) {
  std::vector<std::string> all;
  for (const auto* shard : {"1/3", "2/3", "3/3"}) {
    // Machines agree when they have the same history; here none.
    std::filesystem::remove(directory_ / "home" / "history.sqlite");
    const Json run = json_of("passes", with("nodes", {"--shard", shard}));
    for (const std::string& name : names_in(run["scenarios"])) all.push_back(name);
  }
  EXPECT_THAT(all, testing::UnorderedElementsAre("passes", "nodes"));
}

TEST_F(Scheduling, ShardsOfContinuousIntegrationAreUnderstood) {
  remember({{"nodes", 50}, {"passes", 1}});
  environment_.push_back("CI_NODE_INDEX=1");
  environment_.push_back("CI_NODE_TOTAL=2");
  const CommandResult result = run("passes", with("nodes", {"--json"}));
  EXPECT_EQ(result.status, kPassed) << result.err;
  EXPECT_THAT(result.err, HasSubstr("Shard 1 of 2 (by CI_NODE_INDEX): 1 of 2"));
  EXPECT_THAT(names_in(Json::parse(result.out)["scenarios"]), ElementsAre("nodes"));
}

TEST_F(Scheduling, EmptyShardHasNothingToRun) {
  const CommandResult result = run("passes", {"--shard", "2/2"});
  EXPECT_EQ(result.status, kSkipped);
  EXPECT_THAT(result.out, HasSubstr("Shard 2 of 2 (by --shard): 0 of 1"));
}

TEST_F(Scheduling, ShardsOfTestRunnersAreUnderstood) {
  const std::string status = (directory_ / "status").string();
  environment_.push_back("TEST_SHARD_INDEX=0");
  environment_.push_back("TEST_TOTAL_SHARDS=2");
  environment_.push_back("TEST_SHARD_STATUS_FILE=" + status);
  const CommandResult result = run("passes");
  EXPECT_EQ(result.status, kPassed) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("Shard 1 of 2 (by TEST_SHARD_INDEX): 1 of 1"));
  EXPECT_TRUE(std::filesystem::exists(status));
}

// ------------------------------------------------------------------------------ How much and how
// long

TEST_F(Scheduling, FailFastNamesWhatItDidNotRun) {
  const auto options = with("passes", {"--fail-fast", "-j", "1"});
  const CommandResult result = run("asserts_nothing", options);
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, HasSubstr("Not run, a failure came first: passes on "));
  EXPECT_EQ(last_line(result.out), "0 passed, 1 failed, 0 skipped");
}

TEST_F(Scheduling, FailFastGoesOnAfterAFailureInQuarantineAndUntilFailDoesNot) {
  const std::filesystem::path home = directory_ / "home";
  std::ofstream(home / "quarantine") << "asserts_nothing 2999-12-31 issue 7\n";
  const auto run_outside = [&](const std::string& option) {
    return shell(quote_command({NODERIG_PROGRAM, "run", "asserts_nothing", "passes", "--plugin",
                                plugin("asserts_nothing"), "--plugin", plugin("passes"), "--daemon",
                                std::filesystem::absolute(daemon_).string(), "-j", "1", "--order",
                                "listed", option}));
  };
  CommandResult result = run_outside("--fail-fast");
  EXPECT_EQ(result.status, kPassed) << result.err;
  EXPECT_EQ(last_line(result.out), "1 passed, 0 failed, 1 skipped");
  result = run_outside("--until-fail");
  EXPECT_EQ(result.status, kFailed) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Not run, a failure came first: passes on "));
}

TEST_F(Scheduling, BudgetLeavesOutWhatIsNotExpectedToFit) {
  const CommandResult result = run("passes", {"--budget", "1s", "--json"});
  EXPECT_EQ(result.status, kSkipped) << result.err;
  const Json run = Json::parse(result.out);
  EXPECT_THAT(run["scenarios"], IsEmpty());
  ASSERT_THAT(names_in(run["not_run"]), ElementsAre("passes"));
  EXPECT_THAT(run["not_run"][0]["reason"].get<std::string>(), HasSubstr("the budget of 1 s"));
}

TEST_F(Scheduling, UntilFailEndsWithTheFirstFailure) {
  EXPECT_EQ(last_line(run("asserts_nothing", {"--until-fail", "-j", "1"}).out),
            "0 passed, 1 failed, 0 skipped");
  EXPECT_EQ(last_line(run("passes", {"--until-fail", "--repeat", "2"}).out),
            "2 passed, 0 failed, 0 skipped");
  EXPECT_EQ(run("needs_what_no_daemon_has", {"--until-fail"}).status, kSkipped);
}

TEST_F(Scheduling, TimeoutIsToldWithWhatItComesFrom) {
  const Json one = execution("passes", {"--timeout-factor", "3"});
  EXPECT_GE(one["timeout"], 180);
  EXPECT_THAT(one["timeout_basis"].get<std::string>(),
              AllOf(HasSubstr("it declares 60 s"), HasSubstr("--timeout-factor 3")));
}

TEST_F(Scheduling, BoundKnowsTheQuickestRun) {
  const Json first = json_of("passes", {});
  const double took = first["scenarios"][0]["wall"];
  EXPECT_EQ(first["scenarios"][0]["least_seconds"], nullptr);
  EXPECT_EQ(first["bound_longest"], took);
  const Json second = json_of("passes", {});
  EXPECT_EQ(second["scenarios"][0]["least_seconds"], took);
  EXPECT_EQ(second["bound_longest"], std::min(took, second["scenarios"][0]["wall"].get<double>()));
}

// Side by side, what took longest begins first; alone, the first by name.
TEST_F(Scheduling, LongestInThePastBeginsFirst) {
  const auto begun = [&](const std::string& slow, const std::string& jobs) {
    std::filesystem::remove(directory_ / "home" / "history.sqlite");
    remember({{slow, 50}, {slow == "asserts_nothing" ? "passes" : "asserts_nothing", 1}});
    return json_of("passes", with("asserts_nothing", {"-j", jobs}));
  };
  const Json other_first = begun("asserts_nothing", "2");
  EXPECT_THAT(names_in(other_first["scenarios"]), ElementsAre("asserts_nothing", "passes"));
  EXPECT_EQ(other_first["scenarios"][0]["expected_seconds"], 50);
  EXPECT_THAT(names_in(begun("passes", "2")["scenarios"]),
              ElementsAre("passes", "asserts_nothing"));
  EXPECT_THAT(names_in(begun("passes", "1")["scenarios"]),
              ElementsAre("asserts_nothing", "passes"));
}

// A node inherits the nice value that its worker was started with.
TEST_F(Scheduling, ShortOnesYieldTheProcessorToTheLongOne) {
  daemon_ = wrapped_daemon("echo $(nice) $* >> " + (directory_ / "started").string());
  remember({{"asserts_nothing", 50}, {"passes", 1}});
  const auto nice_values = [&](const std::string& jobs) {
    std::filesystem::remove(directory_ / "started");
    json_of("passes", with("asserts_nothing", {"-j", jobs}));
    std::map<std::string, int> values;
    std::ifstream started(directory_ / "started");
    for (std::string line; std::getline(started, line);) {
      const bool passes = line.find("passes") != std::string::npos;
      values[passes ? "passes" : "asserts_nothing"] = std::stoi(line);
    }
    return values;
  };
  const int own = ::getpriority(PRIO_PROCESS, 0);
  EXPECT_THAT(nice_values("2"),
              ElementsAre(Pair("asserts_nothing", own), Pair("passes", std::min(own + 5, 19))));
  EXPECT_THAT(nice_values("1"), ElementsAre(Pair("asserts_nothing", own), Pair("passes", own)));

  // They are given more time, by what wants a core for each that there is.
  const Json run = json_of("passes", with("asserts_nothing", {"-j", "2"}));
  const auto crowding_of = [](const Json& execution) {
    const std::string basis = execution["timeout_basis"];
    const std::string_view name = "a core ";
    const std::size_t place = basis.find(name);
    return place == std::string::npos ? 1 : std::stod(basis.substr(place + name.size()));
  };
  ASSERT_THAT(names_in(run["scenarios"]), ElementsAre("asserts_nothing", "passes"));
  const double usual = crowding_of(run["scenarios"][0]);
  EXPECT_NEAR(crowding_of(run["scenarios"][1]), 2 * usual, usual / 5);  // two digits are shown
}

TEST_F(Scheduling, TimeoutComesFromThePastOnceThereIsEnough) {
  const std::string flavour = json_of("passes", {})["daemons"][0]["flavour"];
  remember({{"passes", 50}}, flavour);
  const Json one = execution("passes");
  EXPECT_THAT(one["timeout_basis"].get<std::string>(),
              HasSubstr("8 times the 50.0 s it took before"));
  EXPECT_GE(one["timeout"], 400);
}

TEST_F(Scheduling, ShuffledOrderIsRepeatedByItsSeed) {
  const auto order_of = [&](const std::string& seed) {
    const std::vector<std::string> names = {"throws", "asserts_nothing", "needs_what_no_daemon_has",
                                            "reads_a_message", "start_not_refused"};
    std::vector<std::string> options = {"--shuffle", "--seed", seed, "-j", "1"};
    for (const std::string& name : names) options = with(name, options);
    return names_in(json_of("passes", options)["scenarios"]);
  };
  const std::vector<std::string> order = order_of("1");
  EXPECT_EQ(order.size(), 6);
  EXPECT_EQ(order, order_of("1"));
  EXPECT_NE(order, order_of("2"));
}

TEST_F(Scheduling, OrderByRiskComesFromThePastWithReasons) {
  const auto options =
      with("throws", {"--order", "risk", "-j", "1", "--html", (directory_ / "page.html").string()});
  const CommandResult first = run("passes", options);
  EXPECT_EQ(first.status, kFailed);
  EXPECT_THAT(first.err, HasSubstr("note: no history"));
  EXPECT_THAT(first.out, HasSubstr("passed passes"));
  EXPECT_THAT(read_file(directory_ / "page.html"), HasSubstr("Remaining risk over time"));

  auto as_json = options;
  as_json.emplace_back("--json");
  const CommandResult second = run("passes", as_json);
  EXPECT_THAT(second.err, Not(HasSubstr("no history")));
  const Json json = Json::parse(second.out);
  // Both are possible x moderate, 55; one has always failed: (55 + 13)/2, the other (55 + 1)/2.
  ASSERT_THAT(names_in(json["scenarios"]), ElementsAre("throws", "passes"));
  EXPECT_EQ(json["scenarios"][0]["risk"], 34);
  EXPECT_EQ(json["scenarios"][1]["risk"], 28);
  EXPECT_THAT(json["scenarios"][0]["reasons"][0].get<std::string>(),
              HasSubstr("overall risk 34 (medium), rank "));
  EXPECT_THAT(second.err, HasSubstr("risk 62 of 62"));
  EXPECT_THAT(second.err, HasSubstr("risk 34 of 62"));
}

TEST_F(Scheduling, OrderByRiskMovesUpWhatFailedTogether) {
  const auto words = [](std::vector<std::string> options) {
    options.insert(options.begin(), {"throws", "--plugin", plugin("throws"), "asserts_nothing",
                                     "--plugin", plugin("asserts_nothing")});
    return options;
  };
  run("passes", words({}));
  const Json json = Json::parse(run("passes", words({"--order", "risk", "-j", "1", "--json"})).out);
  ASSERT_THAT(names_in(json["scenarios"]), ElementsAre("asserts_nothing", "throws", "passes"));
  EXPECT_THAT(json["scenarios"][1]["reasons"].back().get<std::string>(),
              HasSubstr("moved up: asserts_nothing has failed"));
  EXPECT_THAT(json["scenarios"][2]["reasons"].back().get<std::string>(),
              Not(HasSubstr("moved up")));
}

TEST_F(Scheduling, OrderByRiskIsThatOfRiskRankWithTheSameFiles) {
  const std::filesystem::path plugins = directory_ / "plugins";
  std::filesystem::create_directory(plugins);
  for (const char* name : {"passes", "nodes"}) {
    std::filesystem::create_symlink(plugin(name), plugins / fmt::format("{}.so", name));
  }
  environment_.insert(environment_.begin(), "NODERIG_PLUGINS=" + plugins.string());
  // Alone, both are as risky: nodes comes first, by name.
  const std::vector<std::string> files = {
      "--config", write("config.json", R"({"scope": {"changed": 233}, "failure_bins": "fine"})"),
      "--scope-file", write("scope.json", R"({"scenario:passes": "changed"})")};
  const auto with_files = [&](std::vector<std::string> words) {
    words.insert(words.end(), files.begin(), files.end());
    return noderig(words);
  };
  const Json run = Json::parse(with_files({"run", "passes", "nodes", "--daemon", daemon_, "-j", "1",
                                           "--order", "risk", "--json"})
                                   .out);
  std::filesystem::remove(directory_ / "home" / "history.sqlite");
  std::map<std::string, Json> overall;
  const Json ranked = Json::parse(with_files({"risk", "rank", "--json"}).out);
  for (const Json& one : ranked["tests"]) {
    overall[one["id"]] = one["overall"];
  }
  ASSERT_THAT(names_in(run["scenarios"]), ElementsAre("passes", "nodes"));
  EXPECT_EQ(run["scenarios"][0]["risk"], 144);  // (55 + 233)/2
  EXPECT_EQ(overall["scenario:passes"], 144);
  EXPECT_EQ(run["scenarios"][1]["risk"], overall["scenario:nodes"]);
}

TEST_F(Scheduling, OrderByRiskRefusesFilesAsRiskRankDoes) {
  const std::string wrong = write("config.json", R"({"scope": {"new": 100}})");
  const CommandResult run_refused = run("passes", {"--order", "risk", "--config", wrong});
  const CommandResult rank_refused = noderig({"risk", "rank", "--config", wrong});
  EXPECT_EQ(run_refused.status, kUsage);
  EXPECT_THAT(run_refused.err, HasSubstr("config.json: configuration: scope: \"new\" is 100"));
  EXPECT_EQ(last_line(run_refused.err), last_line(rank_refused.err));
  EXPECT_THAT(run_refused.out, IsEmpty());

  const CommandResult elsewhere = run("passes", {"--config", wrong});
  EXPECT_EQ(elsewhere.status, kUsage);
  EXPECT_THAT(elsewhere.err, HasSubstr("--config is about --order risk"));
}

// ----------------------------------------------------------------------------------- What comes
// between

TEST_F(Scheduling, ReportsThatCannotBeWrittenAreToldBeforeAnythingRuns) {
  for (const auto* option : {"--junit", "--json-file"}) {
    const CommandResult result = run("passes", {option, "/nowhere/report"});
    EXPECT_EQ(result.status, kEnvironment);
    EXPECT_THAT(result.err, HasSubstr("cannot write /nowhere/report"));
    EXPECT_THAT(result.out, IsEmpty());
  }
  EXPECT_EQ(run("passes", {"--json-file", directory_.string()}).status, kEnvironment);
}

TEST_F(Scheduling, InterruptedRunReportsWhatRanAndWhatDidNot) {
  const std::string report = (directory_ / "report.json").string();
  RigProcess rig = start("waits_forever", {"--repeat", "2", "-j", "1", "--json-file", report,
                                           "--junit", (directory_ / "report.xml").string()});
  rig.await_output("wait for what never comes");
  rig.signal(SIGINT);
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, HasSubstr("Not run, the user ended the run: waits_forever on "));
  const Json run = Json::parse(read_file(report));
  EXPECT_EQ(run["interrupted"], true);
  ASSERT_THAT(names_in(run["scenarios"]), ElementsAre("waits_forever"));
  EXPECT_EQ(run["scenarios"][0]["verdict"], "interrupted");
  EXPECT_THAT(names_in(run["not_run"]), ElementsAre("waits_forever"));
  EXPECT_THAT(read_file(directory_ / "report.xml"), HasSubstr("waits_forever"));
}

TEST_F(Scheduling, InterruptedWhileADaemonIsProbedItStillEndsInOrder) {
  daemon_ = daemon_that_will_hang();
  const std::string started = hang();
  const std::string report = (directory_ / "report.json").string();
  RigProcess rig = start("passes", {"--json-file", report});
  EXPECT_EQ(read_file(started), "\n");
  rig.signal(SIGINT);
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed) << result.out << result.err;
  EXPECT_EQ(result.out, "Stopped before a scenario ran.\n0 passed, 0 failed, 0 skipped\n");
  EXPECT_EQ(Json::parse(read_file(report))["interrupted"], true);
  EXPECT_THAT(processes_with(directory_.string()), IsEmpty());
  EXPECT_THAT(scratch_directories(), IsEmpty());
}

}  // namespace
}  // namespace noderig
