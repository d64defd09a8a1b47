// The plan: which tests, in which order, each with its reasons. Whoever knows what is worth running
// writes one (a change's impact, a test's risk), the runner executes it, every report can show it.
// Its JSON, which `noderig run --plan FILE` reads:
//   {"schema":1,"tests":[{"id":"scenario:NAME" or "scenario:NAME/SUBTEST","reasons":["..."]}]}
// Value types; any thread.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace noderig {

struct PlannedTest {
  std::string scenario;
  std::string subtest{};               // empty: the whole scenario
  std::vector<std::string> reasons{};  // why it is in the plan, a sentence each

  std::string id() const;  // as in the JSON

  bool operator==(const PlannedTest&) const = default;
};

struct Plan {
  std::vector<PlannedTest> tests{};  // in their order

  bool operator==(const Plan&) const = default;
};

void to_json(nlohmann::json& json, const Plan& plan);
// Throws UsageError when it is no plan of this schema or has a test that is no scenario's.
void from_json(const nlohmann::json& json, Plan& plan);

// Throws UsageError, naming the file, when it cannot be read or is no plan.
Plan read_plan(const std::filesystem::path& file);

// One run of a scenario for all tests of it that the plan has, at the place of the first: with the
// sub-tests that are named (none: all, since one of the tests is the whole) and every reason once.
struct PlannedScenario {
  std::string scenario;
  std::vector<std::string> subtests{};
  std::vector<std::string> reasons{};

  bool operator==(const PlannedScenario&) const = default;
};

std::vector<PlannedScenario> by_scenario(const Plan& plan);

}  // namespace noderig
