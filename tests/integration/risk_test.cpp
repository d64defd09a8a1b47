// noderig risk, as a user calls it: what it answers to input that is wrong, and its options
// together.
#include "rig_test.h"

#include <fmt/format.h>
#include <noderig/framework/history/history.h>
#include <fstream>

namespace noderig {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kRegister = R"({"schema":1,"tests":[
  {"id":"hot","title":"Login with a credit card","likelihood":"possible","impact":"serious",
   "runs":[{"time":"2026-01-02T00:00:00Z","verdict":"failed","seconds":3},
           {"time":"2026-01-01T00:00:00Z","verdict":"passed","seconds":2}]},
  {"id":"cold","likelihood":"rare","impact":"minor"},
  {"id":"unknown","likelihood":null,"impact":null}]})";

class Risk : public RigTest {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
    return (directory_ / name).string();
  }

  CommandResult risk(const std::string& command, const std::string& text,
                     std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"risk", command, "--register", write("register.json", text)};
    words.insert(words.end(), more.begin(), more.end());
    return noderig(words);
  }

  std::vector<std::string> planned(const std::vector<std::string>& options) {
    const std::string file = (directory_ / "plan.json").string();
    std::vector<std::string> words = {"--plan", file};
    words.insert(words.end(), options.begin(), options.end());
    EXPECT_EQ(risk("heatmap", kRegister, words).status, kPassed);
    const Json plan = Json::parse(read_file(file));
    std::vector<std::string> ids;
    for (const Json& test : plan["tests"]) ids.push_back(test["id"]);
    return ids;
  }
};

// A full disk, say, is nothing that a scenario is risky for.
TEST_F(Risk, DoesNotCountWhatTheRigCouldNotDo) {
  const auto history_of = [&](FailureClass failure) {
    std::filesystem::remove(History::file_in(directory_ / "home"));
    RecordedExecution one{.test = "scenario:elsewhere", .verdict = Verdict::Failed};
    one.failure = failure;
    History(directory_ / "home", History::Access::Write)
        .merge({{.name = "r1", .origin = "noderig", .executions = {one}}});
    const Json ranked = Json::parse(noderig({"risk", "rank", "--json"}).out);
    for (const Json& test : ranked["tests"]) {
      if (test["id"] == "scenario:elsewhere") return test["layers"]["history"];
    }
    return Json("it is not ranked");
  };
  EXPECT_TRUE(history_of(FailureClass::Assertion).is_number());
  EXPECT_TRUE(history_of(FailureClass::RigFault).is_null());
}

TEST_F(Risk, RefusesWrongInputAndNamesTheFileTheFieldAndTheValue) {
  const auto refused = [&](const CommandResult& result, int status, const std::string& message) {
    EXPECT_EQ(result.status, status) << result.out << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_EQ(result.out, "");
  };
  refused(risk("rank", R"({"tests":[{"id":"a","colour":1}]})"), kUsage,
          "register.json: test \"a\": unknown field \"colour\"");
  refused(risk("rank", R"({"tests":[{"id":"a"},{"id":"a"}]})"), kUsage,
          "register.json: two tests have the id \"a\"");
  refused(risk("rank", "{\"tests\":[{\"id\":\"a\"},\n{\"id\":]}"), kUsage, "at line 2");
  refused(risk("rank", R"({"tests":[{"id":"a","prior":1.5}]})"), kUsage,
          "test \"a\": \"prior\" is 1.5, not from 0 to 1");
  refused(risk("decide", kRegister, {"--costs", "0,5,2,5"}), kUsage, "C01 5 is not above C11 5");
  refused(risk("decide", kRegister, {"--mu", "2"}), kUsage, "is 2, no probability from 0 to 1");
  refused(risk("rank", kRegister, {"--config", write("c.json", R"({"scope":{"new":100}})")}),
          kUsage, "c.json: configuration: scope: \"new\" is 100");
  refused(risk("rank", kRegister, {"--scope-file", write("s.json", R"({"hot":"old"})")}), kUsage,
          "s.json: \"hot\" is \"old\"");
  refused(risk("rank", kRegister, {"--owners", write("o.json", R"({"hot":{"experience":6}})")}),
          kUsage, "o.json: hot: \"experience\" is 6");
  refused(risk("rank", R"({"tests":[{"id":"a","prior":1e400}]})"), kUsage, "register.json: ");
  refused(risk("decide", kRegister, {"--decay", "nan"}), kUsage,
          "\"nan\" is no number from 0 to 1");
  refused(risk("heatmap", kRegister, {"--cutoff", "inf"}), kUsage, "\"inf\" is no number");
  refused(risk("rank", kRegister, {"--owners", write("o.json", R"({"hot":{"experience":2.5}})")}),
          kUsage, "o.json: hot: \"experience\" is no whole number");
  refused(noderig({"risk", "evaluate", directory_.string()}), kEnvironment, directory_.string());
  refused(noderig({"risk", "rank", "--register", "/nowhere.json"}), kEnvironment,
          "cannot read /nowhere.json");
  refused(noderig({"risk", "rank", "--register", directory_.string()}), kEnvironment,
          directory_.string());
}

TEST_F(Risk, SaysWhatItMakesOfAPastThatIsOutOfOrderOrMissing) {
  EXPECT_THAT(risk("rank", kRegister).err, HasSubstr("time stamps out of order in 1 test"));
  EXPECT_THAT(risk("rank", R"({"tests":[{"id":"a"}]})").err, HasSubstr("note: no history"));
  const Json tests = Json::parse(risk("rank", kRegister, {"--json"}).out)["tests"];
  EXPECT_EQ(tests.back()["id"], "unknown");
  EXPECT_EQ(tests.back()["level"], "undefined");
}

TEST_F(Risk, PlansTheHotSpotsThatAreChosen) {
  EXPECT_THAT(planned({}), ElementsAre("hot", "cold", "unknown"));
  EXPECT_THAT(planned({"--level", "low"}), ElementsAre("cold"));
  EXPECT_THAT(planned({"--level", "low", "--level", "undefined"}), ElementsAre("cold", "unknown"));
  EXPECT_THAT(planned({"--cell", "possible x serious"}), ElementsAre("hot"));
  EXPECT_THAT(planned({"--cutoff", "4"}), ElementsAre("hot"));
  EXPECT_EQ(risk("heatmap", kRegister, {"--cell", "serious"}).status, kUsage);
}

TEST_F(Risk, TakesBackTheConfigurationItWrites) {
  const std::string file = (directory_ / "config.json").string();
  EXPECT_EQ(noderig({"risk", "methods", "--write-config", file}).status, kPassed);
  EXPECT_EQ(risk("rank", kRegister, {"--config", file, "--json"}).out,
            risk("rank", kRegister, {"--json"}).out);
}

TEST_F(Risk, DecidesByMeasuredCosts) {
  const Json decided = Json::parse(
      risk("decide", kRegister, {"--measured", "--triage", "1m", "--escape", "10m", "--json"}).out);
  const Json& hot = decided["tests"][0];
  EXPECT_EQ(hot["id"], "hot");
  EXPECT_EQ(hot["costs"], Json::parse(R"({"c00":0,"c01":4860,"c10":3,"c11":63})"));
  EXPECT_EQ(risk("decide", kRegister, {"--triage", "1m"}).status, kUsage);
  EXPECT_EQ(risk("decide", kRegister, {"--measured", "--costs", "0,20,2,5"}).status, kUsage);
}

TEST_F(Risk, BurnsDownWhatPastRunsDid) {
  EXPECT_EQ(run("passes", {"--plugin", plugin("throws"), "throws", "-j", "1"}).status, kFailed);
  const std::string last =
      Json::parse(noderig({"history", "show", "--json"}).out)["scenarios"][0]["last"][0]["run"];
  const Json points = Json::parse(noderig({"risk", "burndown", last, "--json"}).out)["points"];
  ASSERT_EQ(points.size(), 3u);
  EXPECT_EQ(points[1]["test"], "scenario:passes");
  EXPECT_LT(points[1]["remaining"], points[0]["remaining"]);
  EXPECT_EQ(points[2]["what"], "failed");
  EXPECT_EQ(points[2]["remaining"], points[1]["remaining"]);
  const CommandResult unknown = noderig({"risk", "burndown", last + "x"});
  EXPECT_EQ(unknown.status, kUsage);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("no run is named"), HasSubstr(last)));
}

// A pass on one daemon is none on another, and one of a few sub-tests none of the whole.
TEST_F(Risk, BurnsDownNothingThatAnotherDaemonOrAPartPassed) {
  const auto at = [](int seconds) {
    return TimePoint(std::chrono::seconds(1'800'000'000 + seconds));
  };
  const auto execution = [&](const char* daemon, int begin, Verdict verdict, bool partial) {
    RecordedExecution one{.test = "scenario:elsewhere", .daemon = daemon, .verdict = verdict};
    one.position = static_cast<std::size_t>(begin);
    one.time = at(begin);
    one.partial = partial;
    one.seconds = 1;
    return one;
  };
  RecordedRun run{.name = "r1", .origin = "noderig", .time = at(0)};
  run.daemons = {{"knots", "knots", "29", "/knots", {}, {}},
                 {"bcoin", "bcoin", "2", "/bcoin", {}, {}}};
  run.executions = {execution("knots", 0, Verdict::Failed, false),
                    execution("bcoin", 2, Verdict::Passed, false),
                    execution("knots", 4, Verdict::Passed, true)};
  History(directory_ / "home", History::Access::Write).merge({run});
  const Json points = Json::parse(noderig({"risk", "burndown", "r1", "--json"}).out)["points"];
  ASSERT_EQ(points.size(), 4u) << points;
  EXPECT_EQ(points[1]["test"], "scenario:elsewhere on knots");
  EXPECT_EQ(points[1]["what"], "failed");
  EXPECT_EQ(points[2]["test"], "scenario:elsewhere on bcoin");
  EXPECT_LT(points[2]["remaining"], points[1]["remaining"]);
  EXPECT_GT(points[2]["remaining"], 0);
  EXPECT_EQ(points[3]["what"], "skipped");
  EXPECT_EQ(points[3]["remaining"], points[2]["remaining"]);
}

TEST_F(Risk, RefusesTwoOutputsInOneFileBeforeTheWork) {
  const std::string file = (directory_ / "out").string();
  for (const auto& options : {std::vector<std::string>{"heatmap", "--html", file, "--plan", file},
                              {"burndown", "--html", file, "--json-file", file},
                              {"methods", "--html", file, "--write-config", file}}) {
    std::vector<std::string> words = {"risk"};
    words.insert(words.end(), options.begin(), options.end());
    const CommandResult result = noderig(words);
    EXPECT_EQ(result.status, kUsage) << options.front();
    EXPECT_THAT(result.err, HasSubstr("are to write one file, " + file)) << options.front();
    EXPECT_FALSE(std::filesystem::exists(file));
  }
}

TEST_F(Risk, JudgesBySubtestsAndWordsWhatItsAuthorDoesNot) {
  const CommandResult by_itself = noderig({"risk", "explain", "pruning_quick"});
  EXPECT_THAT(by_itself.out, AllOf(HasSubstr("(complexity "), HasSubstr("(keyword \"")));
  const CommandResult by_author = noderig({"risk", "explain", "rest"});
  EXPECT_THAT(by_author.out, AllOf(HasSubstr("set by hand"), HasSubstr("scenario metadata")));
  // Each of the two is switched on its own.
  const std::string config = write("config.json", R"({"likelihood": "manual"})");
  const CommandResult switched = noderig({"risk", "explain", "pruning_quick", "--config", config});
  EXPECT_THAT(switched.out,
              AllOf(HasSubstr("likelihood undefined (not set)"), HasSubstr("(keyword \"")));
}

TEST_F(Risk, ATestsOwnScopeCountsMoreThanItsTags) {
  const std::string scopes = write("s.json", R"({"scenario:rest":"regression","tag:rpc":"new"})");
  const CommandResult explained =
      noderig({"risk", "explain", "rest", "--scope-file", scopes, "--json"});
  ASSERT_EQ(explained.status, kPassed) << explained.err;
  const Json layer = Json::parse(explained.out)["layers"][2];
  EXPECT_EQ(layer["layer"], "scope");
  EXPECT_THAT(layer["why"].get<std::string>(), HasSubstr("scenario:rest"));
}

TEST_F(Risk, PagesNeedNothingElse) {
  const std::string page = (directory_ / "page.html").string();
  for (const char* command : {"heatmap", "burndown"}) {
    EXPECT_EQ(risk(command, kRegister, {"--html", page}).status, kPassed);
    EXPECT_THAT(read_file(page), AllOf(HasSubstr("default-src 'none'"), Not(HasSubstr("src=")),
                                       Not(HasSubstr("<link"))));
  }
}

}  // namespace
}  // namespace noderig
