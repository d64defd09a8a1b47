#include <noderig/framework/runner/plan.h>

#include "support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

#include <nlohmann/json.hpp>
#include <string>

namespace noderig {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

TEST(Plan, ComesBackFromJson) {
  const Plan plan{.tests = {{.scenario = "rbf", .reasons = {"src/rbf.cpp changed", "failed last"}},
                            {.scenario = "rest", .subtest = "headers"}}};
  const json written = plan;
  EXPECT_EQ(written, json::parse(R"({"schema": 1, "tests": [
      {"id": "scenario:rbf", "reasons": ["src/rbf.cpp changed", "failed last"]},
      {"id": "scenario:rest/headers", "reasons": []}]})"));
  EXPECT_EQ(written.get<Plan>(), plan);
}

TEST(Plan, NeedsNoReasons) {
  const auto plan = json::parse(R"({"schema":1,"tests":[{"id":"scenario:rbf"}]})").get<Plan>();
  EXPECT_THAT(plan.tests, ElementsAre(PlannedTest{.scenario = "rbf"}));
}

TEST(Plan, RefusesWhatIsNone) {
  for (const char* text : {"[]", "{}", R"({"schema":2,"tests":[]})", R"({"schema":1})",
                           R"({"schema":1,"tests":[{"name":"rbf"}]})",
                           R"({"schema":1,"tests":[{"id":"scenario:rbf","reasons":"why"}]})"}) {
    EXPECT_THROW(json::parse(text).get<Plan>(), UsageError) << text;
  }
}

TEST(Plan, RefusesTestsThatAreNoScenarios) {
  for (const std::string id : {"gtest:unit/Plan.Reads", "rbf", "scenario:", "scenario:rbf/"}) {
    const json written = {{"schema", 1}, {"tests", {{{"id", id}}}}};
    EXPECT_THAT([&] { written.get<Plan>(); },
                ThrowsMessage<UsageError>(HasSubstr("\"" + id + "\" cannot be run")));
  }
}

TEST(Plan, FileThatCannotBeReadIsNamed) {
  const TemporaryDirectory directory;
  const auto absent = directory.path() / "absent.json";
  EXPECT_THAT([&] { read_plan(absent); }, ThrowsMessage<UsageError>(HasSubstr(absent.string())));
  const auto broken = directory.write("broken.json", "{");
  EXPECT_THAT([&] { read_plan(broken); },
              ThrowsMessage<UsageError>(AllOf(HasSubstr(broken.string()), HasSubstr("no JSON"))));
  const auto other = directory.write("other.json", "{\"schema\":1}");
  EXPECT_THAT([&] { read_plan(other); }, ThrowsMessage<UsageError>(HasSubstr(other.string())));
}

TEST(PlanByScenario, GathersSubtestsAtTheFirstPlaceWithEveryReasonOnce) {
  const Plan plan{.tests = {{.scenario = "rest", .subtest = "headers", .reasons = {"a"}},
                            {.scenario = "rbf", .reasons = {"b"}},
                            {.scenario = "rest", .subtest = "block", .reasons = {"c", "a"}},
                            {.scenario = "rest", .subtest = "headers"}}};
  EXPECT_THAT(by_scenario(plan),
              ElementsAre(PlannedScenario{"rest", {"headers", "block"}, {"a", "c"}},
                          PlannedScenario{"rbf", {}, {"b"}}));
}

TEST(PlanByScenario, TheWholeScenarioHasAllSubtests) {
  for (const bool whole_first : {true, false}) {
    Plan plan{.tests = {{.scenario = "rest"}, {.scenario = "rest", .subtest = "headers"}}};
    if (!whole_first) std::swap(plan.tests[0], plan.tests[1]);
    EXPECT_THAT(by_scenario(plan), ElementsAre(PlannedScenario{"rest", {}, {}}));
  }
  EXPECT_THAT(by_scenario(Plan{}), IsEmpty());
}

}  // namespace
}  // namespace noderig
