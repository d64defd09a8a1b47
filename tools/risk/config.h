// What a project may set about its risk: keywords, matrices, bins, costs by phase. Loaded from a
// JSON file and checked then; every field has a default. Value types; any thread.
#pragma once

#include "matrix.h"
#include "test_case.h"

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

namespace noderig::risk {

// The default keyword table of a register, and the one of node scenarios.
const std::map<std::string, int>& register_keywords();
const std::map<std::string, int>& node_keywords();

struct Config {
  Matrix business = business_matrix();
  Matrix history = history_matrix();
  // Word to score, 1 to 10.
  std::map<std::string, int> keywords = register_keywords();
  std::map<std::string, int> node_keywords = risk::node_keywords();  // of node scenarios
  // Complexity over the project's median: up to where it is rare, unlikely, possible, likely.
  std::array<double, kSteps - 1> complexity_bounds = {0.5, 0.8, 1.25, 2};
  // Share of failed runs, upper bounds included: rare, infrequent, sometimes, often.
  std::array<double, kSteps - 1> failure_bins = {0.2, 0.4, 0.6, 0.8};
  std::array<double, kSteps> severity_weights = {8, 5, 3, 2, 1};  // crucial to mild
  bool automatic_likelihood = true;                               // for tests that do not say
  bool automatic_impact = true;
  std::map<std::string, int> scope = {
      {"new", 377}, {"changed", 144}, {"adjacent", 21}, {"regression", 1}};
  std::map<std::string, int> coverage = {{"new", 144}, {"modified", 89}, {"unchanged", 1}};
  std::map<std::string, Costs> phases = {{"development", {0, 20, 2, 5}},
                                         {"adaptation", {0, 40, 2, 5}},
                                         {"finalisation", {0, 100, 2, 10}}};
  // Fields that the method does not give in full and the file does not change: inferred here.
  std::vector<std::string> inferred = {"business",     "node_keywords", "complexity_bounds",
                                       "failure_bins", "scope",         "coverage"};
};

// The second set of bins, for failure rates as they are in practice.
inline constexpr std::array<double, kSteps - 1> kFineBins = {0, 0.005, 0.02, 0.08};

// Throws UsageError that names the field when one is unknown or a value is wrong, and
// EnvironmentError when the file cannot be read.
Config load_config(const std::filesystem::path& file);
Config config_of(const nlohmann::json& json);

// The file that gives all defaults, to begin from.
nlohmann::json to_json(const Config& config);

// C01 > C11 and C10 >= C00. Throws UsageError that begins with `whose`.
void check(const Costs& costs, const std::string& whose);

}  // namespace noderig::risk
