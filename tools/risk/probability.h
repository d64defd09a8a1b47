// How likely a test fails: the decision model's p from its verdicts, where the newest weigh most.
// Value types; any thread.
#pragma once

#include "test_case.h"

namespace noderig::risk {

struct ProbabilityModel {
  double strength = 2;  // s: how many runs the project's rate counts as
  double decay = 0.9;   // g, at each execution of the test
};

// What all tests together have shown.
struct ProjectRates {
  std::int64_t runs = 0;
  std::int64_t failed = 0;
  std::int64_t first_runs = 0;
  std::int64_t failed_first = 0;

  double failure() const {
    return (static_cast<double>(failed) + 0.5) / static_cast<double>(runs + 1);
  }
  double first_failure() const {
    return (static_cast<double>(failed_first) + 0.5) / static_cast<double>(first_runs + 1);
  }
};

// Reads the evidence of one test after the other, all of one register.
class EvidenceReader {
 public:
  explicit EvidenceReader(const ProbabilityModel& model = {}) : model_(model) {}

  // What is there of it already stands.
  Evidence read(const TestCase& test) { return test.evidence ? *test.evidence : read(test.runs); }
  Evidence read(const std::vector<TestRun>& runs);  // by time

 private:
  ProbabilityModel model_;
  // By build: the test, by number, that passed on it last, and at which of its runs.
  struct LastPass {
    std::uint32_t test = 0;
    std::uint32_t run = 0;
  };
  std::vector<LastPass> last_pass_;
  std::uint32_t test_ = 0;
};

ProjectRates rates_of(const std::vector<Evidence>& tests);

// p of one test; `rate` stands for the project's when given.
double probability(const Evidence& evidence, const ProjectRates& rates,
                   const ProbabilityModel& model, std::optional<double> rate = {});

double log_odds(double probability);
double probability_of(double log_odds);

}  // namespace noderig::risk
