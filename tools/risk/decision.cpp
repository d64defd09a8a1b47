#include "decision.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <algorithm>
#include <cmath>

namespace noderig::risk {
namespace {

void check_probability(double value, const std::string& what) {
  if (value >= 0 && value <= 1) return;
  throw UsageError(fmt::format("{} is {}, no probability from 0 to 1", what, value));
}

std::optional<double> odds(double p) {
  return p < 1 ? std::optional(p / (1 - p)) : std::nullopt;
}

double average(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

// Of the tests whose duration is known; 0 when there is none.
double median_seconds(const Register& tests) {
  std::vector<double> known;
  for (const TestCase& test : tests.tests) {
    if (const auto seconds = expected_seconds(test)) known.push_back(*seconds);
  }
  if (known.empty()) return 0;
  const auto middle = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
  std::ranges::nth_element(known, middle);
  return *middle;
}

}  // namespace

std::optional<double> bayes_lambda(const Costs& costs, double prior) {
  if (prior == 0 || costs.c01 <= costs.c11) return {};
  return (costs.c10 - costs.c00) / (costs.c01 - costs.c11) * (1 - prior) / prior;
}

std::vector<std::vector<double>> normalised_opinions(const std::vector<TestCase>& tests) {
  std::map<std::string, std::vector<double>> by_expert;
  std::vector<double> all;
  for (const TestCase& test : tests) {
    for (const Opinion& one : test.opinions) {
      by_expert[one.expert].push_back(one.defects);
      all.push_back(one.defects);
    }
  }
  std::vector<std::vector<double>> opinions(tests.size());
  for (std::size_t i = 0; i < tests.size(); ++i) {
    for (const Opinion& one : tests[i].opinions) {
      const auto& own = by_expert[one.expert];
      const double tends = average(own);
      opinions[i].push_back(tends > 0 ? one.defects * average(all) / tends : one.defects);
    }
  }
  return opinions;
}

Decision decide_joint(const Joint& joint, double prior, double opinion, const Costs& costs) {
  Decision decision{.joint = true, .opinion = opinion, .p = prior, .costs = costs};
  decision.lambda = bayes_lambda(costs, prior);
  decision.r0 = costs.c00 * joint.p00 + costs.c01 * joint.p01;
  decision.r1 = costs.c10 * joint.p10 + costs.c11 * joint.p11;
  decision.run = decision.lambda && opinion >= *decision.lambda;
  return decision;
}

Decision decide_conditional(double p, double prior, const Costs& costs) {
  Decision decision{.p = p, .costs = costs};
  decision.lambda = bayes_lambda(costs, prior);
  const auto posterior_odds = odds(p);
  const auto prior_odds = odds(prior);
  if (posterior_odds && prior_odds && *prior_odds > 0) {
    decision.likelihood_ratio = *posterior_odds / *prior_odds;
  }
  decision.r0 = costs.c00 * (1 - p) + costs.c01 * p;
  decision.r1 = costs.c10 * (1 - p) + costs.c11 * p;
  // p/(1 - p) >= (C10 - C00)/(C01 - C11), written without a division.
  decision.run = p > 0 && p * (costs.c01 - costs.c11) >= (1 - p) * (costs.c10 - costs.c00);
  return decision;
}

Costs measured_costs(double seconds, double severity, const CostModel& model) {
  return {.c00 = 0,
          .c01 = model.triage + severity * model.escape,
          .c10 = seconds,
          .c11 = seconds + model.triage};
}

double severity_weight(const TestCase& test, std::optional<std::size_t> impact,
                       const Config& config) {
  if (test.defects.empty()) return config.severity_weights[impact.value_or(kSteps - 1)];
  std::vector<double> weights;
  for (const Defect& one : test.defects) weights.push_back(one.weight);
  return average(weights);
}

std::vector<Decision> decide(const Register& tests, const DecisionOptions& options) {
  if (options.rate) check_probability(*options.rate, "the project's rate");
  if (options.costs) check(*options.costs, "costs");
  EvidenceReader reader(options.model);
  std::vector<Evidence> evidence;
  for (const TestCase& test : tests.tests) evidence.push_back(reader.read(test));
  const ProjectRates rates = rates_of(evidence);
  const auto opinions = normalised_opinions(tests.tests);
  const Project project = project_of(tests, options.config);
  const double usual_seconds = median_seconds(tests);

  std::vector<Decision> decisions;
  for (std::size_t i = 0; i < tests.tests.size(); ++i) {
    const TestCase& test = tests.tests[i];
    const auto seconds = expected_seconds(test);
    Costs costs = options.costs.value_or(test.costs.value_or(Costs{}));
    if (options.measured && !options.costs && !test.costs) {
      // A test that takes longer than any defect would cost is none to refuse, but not to run.
      const auto impact = business_layer(test, project, options.config).column;
      costs = measured_costs(seconds.value_or(usual_seconds),
                             severity_weight(test, impact, options.config), *options.measured);
    } else {
      check(costs, fmt::format("test \"{}\"", test.id));
    }
    // P(m1): what is said of this test, else what its project shows.
    const double standard = evidence[i].runs > 0 ? rates.failure() : rates.first_failure();
    const double joint_rate = test.joint ? test.joint->p01 + test.joint->p11 : 0;
    const double prior =
        test.prior.value_or(test.joint ? joint_rate : options.rate.value_or(standard));
    Evidence with_experts = evidence[i];
    for (const double z : opinions[i]) {
      const double q = 1 - std::exp(-z);
      with_experts.counts.failed += q;
      with_experts.counts.passed += 1 - q;
    }
    const double p =
        prior == 0 ? 0 : with_experts.counts.probability(prior, options.model.strength);
    Decision decision = decide_conditional(p, prior, costs);
    if (test.joint) {
      const auto ratio = decision.likelihood_ratio;
      const double reached = opinions[i].empty() ? ratio.value_or(0) : average(opinions[i]);
      decision = decide_joint(*test.joint, prior, reached, costs);
      decision.likelihood_ratio = ratio;
      if (opinions[i].empty()) decision.opinion.reset();
    } else if (!opinions[i].empty()) {
      decision.opinion = average(opinions[i]);
    }
    decision.id = test.id;
    decision.seconds = seconds;
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

nlohmann::json to_json(const std::vector<Decision>& decisions, const Costs& costs) {
  using nlohmann::json;
  const auto or_null = [](const auto& value) { return value ? json(*value) : json(); };
  const auto costs_json = [](const Costs& all) {
    return json{{"c00", all.c00}, {"c01", all.c01}, {"c10", all.c10}, {"c11", all.c11}};
  };
  json listed = json::array();
  for (const Decision& one : decisions) {
    listed.push_back({{"id", one.id},
                      {"form", one.joint ? "joint" : "conditional"},
                      {"opinion", or_null(one.opinion)},
                      {"likelihood_ratio", or_null(one.likelihood_ratio)},
                      {"lambda", or_null(one.lambda)},
                      {"p", one.p},
                      {"r0", one.r0},
                      {"r1", one.r1},
                      {"dr", one.dr()},
                      {"decision", one.run ? "run" : "skip"},
                      {"costs", costs_json(one.costs)},
                      {"seconds", or_null(one.seconds)}});
  }
  return {{"schema", 1}, {"costs", costs_json(costs)}, {"tests", listed}};
}

}  // namespace noderig::risk
