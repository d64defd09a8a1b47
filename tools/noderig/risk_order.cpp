#include "risk_order.h"

#include "risk_facts.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/history/records.h>
#include <risk/decision.h>
#include <risk/rank.h>
#include <risk/register.h>
#include <risk/run_order.h>
#include <map>

namespace noderig {
namespace {

risk::Register tests_of(const RunCommandOptions& options,
                        const std::optional<ChangedSince>& changed) {
  const auto& plugins = options.selection.plugins;
  const auto scenarios = discover_scenarios({plugins.begin(), plugins.end()});
  risk::Register tests = tests_of_scenarios(scenarios, options.changed_since);
  try {
    add_history(tests);
  } catch (const EnvironmentError& error) {
    tests.notes.push_back(fmt::format("risk goes without the history: {}", error.what()));
  }
  risk::finish(tests);
  options.risk.add_to(tests, tags_of(scenarios));
  if (changed) add_coverage(tests, changed->selection, "noderig impact select");
  return tests;
}

risk::PastCycles past_cycles_of(const risk::TestCase& test) {
  risk::PastCycles past;
  for (const risk::TestRun& run : test.runs) {
    const bool counts =
        run.verdict == risk::RunVerdict::Passed || run.verdict == risk::RunVerdict::Failed;
    if (run.cycle != 0 && counts) past.add(run.cycle, run.verdict == risk::RunVerdict::Failed);
  }
  return past;
}

}  // namespace

RiskOrder order_by_risk(std::vector<PlannedExecution>& plan, const RunCommandOptions& options,
                        const std::optional<ChangedSince>& changed) {
  const risk::Register tests = tests_of(options, changed);
  const risk::Config config = options.risk.config();
  const risk::Ranking ranking = options.risk.rank(tests);
  std::map<std::string, const risk::Ranked*> ranked;
  for (const risk::Ranked& one : ranking.tests) ranked[tests.tests[one.test].id] = &one;

  std::vector<risk::RunCandidate> candidates;
  for (PlannedExecution& planned : plan) {
    const risk::Ranked& one = *ranked.at(scenario_test_id(planned.scenario.name()));
    const risk::TestCase& test = tests.tests[one.test];
    const double seconds = scheduled(planned).expected_seconds;
    const double severity = risk::severity_weight(test, one.layers[0].column, config);
    const risk::Costs costs = risk::measured_costs(seconds, severity, {});
    candidates.push_back({.name = planned.scenario.name(),
                          .risk = one.exact,
                          .probability = one.probability,
                          .seconds = seconds,
                          .costs = costs,
                          .past = past_cycles_of(test)});
    planned.risk = one.overall();
    const auto reasons = risk::reasons_of(one);
    planned.reasons.insert(planned.reasons.end(), reasons.begin(), reasons.end());
    if (options.budget) {
      const double decrease = risk::decide_conditional(one.probability, 0, costs).dr();
      planned.reasons.push_back(fmt::format(
          "decision model: fails with {:.1f} %, severity {:.2g}, so {:.0f} s of work are "
          "saved (dR) in {:.1f} s",
          one.probability * 100, severity, decrease, seconds));
    }
  }
  const risk::Worth worth = options.budget ? risk::Worth::DecreasePerSecond : risk::Worth::Risk;
  return {risk::order_by_risk(std::move(candidates), worth), tests.notes};
}

}  // namespace noderig
