// The decision model: is a test worth running, and how much risk does running it take away? In two
// forms: joint, as it was published, from probabilities of decision and outcome together; and
// conditional, for one test, from the probability p that it finds a defect. Pure functions; any
// thread.
#pragma once

#include "rank.h"

namespace noderig::risk {

struct Decision {
  std::string id{};
  bool joint = false;                        // else conditional
  std::optional<double> opinion{};           // mean of the normalised experts, in defects
  std::optional<double> likelihood_ratio{};  // posterior odds over prior odds
  std::optional<double> lambda{};            // what one of the two must reach
  double p = 0;                              // that a defect is found
  double r0 = 0;                             // risk of omitting
  double r1 = 0;                             // risk of running
  bool run = false;
  Costs costs{};
  std::optional<double> seconds{};

  double dr() const { return r0 - r1; }
};

// (C10 - C00)/(C01 - C11) x (1 - prior)/prior; nothing when the prior is 0.
std::optional<double> bayes_lambda(const Costs& costs, double prior);

// Each opinion times the mean of all experts over the mean of its own, by test. An expert whose
// opinions are all 0 stays as he is.
std::vector<std::vector<double>> normalised_opinions(const std::vector<TestCase>& tests);

Decision decide_joint(const Joint& joint, double prior, double opinion, const Costs& costs);

// `prior` is the project's rate, p the posterior.
Decision decide_conditional(double p, double prior, const Costs& costs);

// What the costs of a test come from when they are measured, in seconds of somebody's time.
struct CostModel {
  double triage = 20 * 60;  // to find out why a test failed
  double escape = 60 * 60;  // more, for a defect that is missed, by each point of its severity
};

// Omitted: nothing without a defect, triage and escape with one. Run: the duration, and triage with
// a defect.
Costs measured_costs(double seconds, double severity, const CostModel& model);

// The mean weight of a test's defects; without one, what its impact weighs, else a mild one.
double severity_weight(const TestCase& test, std::optional<std::size_t> impact,
                       const Config& config);

struct DecisionOptions {
  std::optional<Costs> costs{};         // for all tests, also those with their own
  std::optional<CostModel> measured{};  // for tests without their own
  Config config{};                      // for the severity of what is measured
  ProbabilityModel model{};
  std::optional<double> rate{};  // stands for the project's
};

// In the order of the register. Throws UsageError when a cost or probability cannot be.
std::vector<Decision> decide(const Register& tests, const DecisionOptions& options);

nlohmann::json to_json(const std::vector<Decision>& decisions, const Costs& costs);

}  // namespace noderig::risk
