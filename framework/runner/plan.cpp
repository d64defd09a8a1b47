#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/history/records.h>
#include <noderig/framework/runner/plan.h>
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace noderig {
namespace {

using Json = nlohmann::json;

PlannedTest test_named(const std::string& id) {
  const std::size_t slash = id.find('/');
  PlannedTest test;
  if (id.starts_with(kScenarioPrefix)) {
    test.scenario = id.substr(kScenarioPrefix.size(), slash - kScenarioPrefix.size());
    if (slash != std::string::npos) test.subtest = id.substr(slash + 1);
  }
  if (test.scenario.empty() || (slash != std::string::npos && test.subtest.empty())) {
    throw UsageError(
        fmt::format("\"{}\" cannot be run: an id is scenario:NAME or scenario:NAME/SUBTEST", id));
  }
  return test;
}

void add_once(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const std::string& one : more) {
    if (std::ranges::find(all, one) == all.end()) all.push_back(one);
  }
}

}  // namespace

std::string PlannedTest::id() const {
  return scenario_test_id(scenario, subtest);
}

void to_json(Json& json, const Plan& plan) {
  Json tests = Json::array();
  for (const PlannedTest& test : plan.tests) {
    tests.push_back({{"id", test.id()}, {"reasons", test.reasons}});
  }
  json = {{"schema", 1}, {"tests", tests}};
}

void from_json(const Json& json, Plan& plan) {
  if (!json.is_object() || json.value("schema", Json()) != 1 || !json.contains("tests")) {
    throw UsageError("it is no plan: {\"schema\":1,\"tests\":[{\"id\":\"scenario:NAME\"}]}");
  }
  plan = {};
  try {
    for (const Json& one : json.at("tests")) {
      PlannedTest test = test_named(one.at("id").get<std::string>());
      if (one.contains("reasons")) one.at("reasons").get_to(test.reasons);
      plan.tests.push_back(std::move(test));
    }
  } catch (const Json::exception& error) {
    throw UsageError(fmt::format("a test of it is none: {}", error.what()));
  }
}

Plan read_plan(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw UsageError(fmt::format("the plan {} cannot be read", file.string()));
  const Json json = Json::parse(in, nullptr, false);
  if (json.is_discarded()) {
    throw UsageError(fmt::format("the plan {} is no JSON", file.string()));
  }
  try {
    return json.get<Plan>();
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("the plan {}: {}", file.string(), error.what()));
  }
}

std::vector<PlannedScenario> by_scenario(const Plan& plan) {
  std::vector<PlannedScenario> scenarios;
  std::set<std::string> whole;
  for (const PlannedTest& test : plan.tests) {
    auto known = std::ranges::find(scenarios, test.scenario, &PlannedScenario::scenario);
    if (known == scenarios.end()) {
      known = scenarios.insert(known, {.scenario = test.scenario});
    }
    test.subtest.empty() ? void(whole.insert(test.scenario))
                         : add_once(known->subtests, {test.subtest});
    add_once(known->reasons, test.reasons);
  }
  for (PlannedScenario& one : scenarios) {
    if (whole.contains(one.scenario)) one.subtests.clear();
  }
  return scenarios;
}

}  // namespace noderig
