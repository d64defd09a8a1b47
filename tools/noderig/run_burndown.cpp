#include "run_burndown.h"

#include <fmt/format.h>
#include <risk/paint.h>
#include <algorithm>

namespace noderig {
namespace {

std::string key(const std::string& scenario, const std::string& daemon) {
  return fmt::format("{} on {}", scenario, daemon);
}

}  // namespace

std::optional<risk::Burndown> burndown_of(const std::vector<PlannedExecution>& plan) {
  if (std::ranges::none_of(plan, [](const auto& one) { return one.risk.has_value(); })) return {};
  risk::Burndown burndown;
  for (const PlannedExecution& one : plan) {
    burndown.add(key(one.scenario.name(), one.daemon_name), one.risk);
  }
  burndown.begin();
  return burndown;
}

void add_verdict(risk::Burndown& burndown, const Execution& execution, double seconds) {
  const auto verdict = execution.verdict == Verdict::Passed    ? risk::RunVerdict::Passed
                       : execution.verdict == Verdict::Skipped ? risk::RunVerdict::Skipped
                                                               : risk::RunVerdict::Failed;
  burndown.ended(key(execution.scenario, execution.daemon), verdict, seconds);
}

std::optional<ReportSection> burndown_section(const RunResult& run) {
  risk::Burndown burndown;
  std::vector<const Execution*> ended;  // as they ended
  bool any = false;
  for (const Execution& one : run.executions) {
    burndown.add(key(one.scenario, one.daemon), one.risk);
    ended.push_back(&one);
    any = any || one.risk;
  }
  for (const NotRun& one : run.not_run) {
    burndown.add(key(one.scenario, one.daemon), one.risk);
    any = any || one.risk;
  }
  if (!any) return {};
  const auto end = [](const Execution* one) { return one->started + one->wall; };
  std::ranges::stable_sort(ended, {}, end);
  burndown.begin();
  for (const Execution* one : ended) add_verdict(burndown, *one, end(one));
  return ReportSection{.id = "risk",
                       .name = "Risk burn-down",
                       .body = burndown_html(burndown, 3),
                       .style = risk::kRiskStyle};
}

}  // namespace noderig
