// What is known about one test, wherever it comes from: a register, a scenario, imported results.
// Value types; any thread.
#pragma once

#include "evidence.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace noderig::risk {

enum class Layer { Business, History, Scope, Allocation, Coverage };
inline constexpr std::size_t kLayers = 5;
std::string_view to_string(Layer layer);

enum class RunVerdict : std::uint8_t {
  Passed,
  Failed,
  Skipped,
  Flaky,  // it failed, and whoever recorded it knows that the same build passed
};

// One of thousands of a test: kept small.
struct TestRun {
  std::int64_t time = 0;    // seconds since 1970, UTC
  float seconds = -1;       // it took; below 0: not known
  std::uint32_t build = 0;  // index into Register::builds; 0 is none
  std::uint32_t cycle = 0;  // which run of the whole suite it was part of; 0: not known
  RunVerdict verdict = RunVerdict::Passed;
};

struct Defect {
  std::string id{};
  double weight = 1;
};

struct Step {
  std::string action;
  std::string expected{};
};

// Where a parameter of the business layer comes from.
enum class Source {
  Project,    // as the project's switch says
  Automatic,  // complexity or keywords
  Manual,     // set by hand
};

struct Parameter {
  Source source = Source::Project;
  std::optional<std::size_t> step{};  // set by hand: an index into its axis; nothing is undefined
};

struct Opinion {
  std::string expert;
  double defects = 0;  // expected number
};

// Costs of the four outcomes: omitted or run (first index), without or with a defect (second).
struct Costs {
  double c00 = 0;
  double c01 = 20;
  double c10 = 2;
  double c11 = 5;
};

// Joint probabilities of decision and outcome.
struct Joint {
  double p00 = 0;
  double p01 = 0;
  double p10 = 0;
  double p11 = 0;
};

struct TestCase {
  std::string id{};
  std::string title{};
  std::vector<std::string> preconditions{};
  std::vector<Step> steps{};
  int assertions = 0;
  Parameter likelihood{};
  Parameter impact{};
  std::optional<int> layers[kLayers]{};  // stand instead of what would be computed
  std::vector<TestRun> runs{};           // by time
  std::optional<Evidence> evidence{};  // of its runs, by the default model, where they are not kept
  std::vector<Defect> defects{};       // of all runs, one an id
  std::string scope{};                 // new, changed, adjacent, regression; empty is undefined
  std::string scope_reason{};          // where that comes from
  std::optional<int> experience{};     // of the tester, 1 to 5
  std::optional<int> familiarity{};    // with this test, 1 to 5
  std::string owner{};
  std::vector<std::string> covers{};  // of new, modified, unchanged: what it executes
  std::vector<Opinion> opinions{};
  std::optional<Costs> costs{};
  std::optional<double> prior{};  // P(m1)
  std::optional<Joint> joint{};
  std::string set_by{};             // who set its manual values, and when
  std::optional<double> seconds{};  // expected; without it, the median of its runs

  // Another weight of a defect that is known already replaces the earlier; one without an id is
  // always another one.
  void add(const Defect& defect);

  int complexity() const {
    return static_cast<int>(preconditions.size() + steps.size()) + assertions;
  }
};

// What is kept of the runs of a large register.
enum class KeptRuns {
  All,
  Evidence,  // which is all that a ranking needs: millions of runs are most of the memory
};

struct Register {
  std::vector<TestCase> tests{};
  std::vector<std::string> builds = {""};
  std::vector<std::string> notes{};  // what a reader should know: sorted runs, empty history
  std::size_t sorted = 0;            // tests whose runs were out of order and are not kept
  bool node_scenarios = false;       // choose the field's keyword table
};

// What the test takes, in seconds; nothing when that is not known.
std::optional<double> expected_seconds(const TestCase& test);

}  // namespace noderig::risk
