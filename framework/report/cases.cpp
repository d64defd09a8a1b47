#include <fmt/format.h>
#include <noderig/framework/report/cases.h>
#include <algorithm>

namespace noderig {
namespace {

ReportedCase as_it_counts(const Execution& execution, const SubtestResult& result) {
  ReportedCase one{.result = result, .verdict = result.verdict};
  if (!execution.quarantine.empty() && result.verdict == Verdict::Failed) {
    one.result.verdict = Verdict::Skipped;
    one.result.reason = fmt::format("{}{}\n{}", kInQuarantine, execution.quarantine, result.reason);
  }
  return one;
}

}  // namespace

std::vector<ReportedCase> cases_of(const Execution& execution) {
  std::vector<ReportedCase> cases;
  for (const SubtestResult& subtest : execution.subtests) {
    ReportedCase one = as_it_counts(execution, subtest);
    const auto begin = std::ranges::find(execution.steps, subtest.name, &StepTime::text);
    if (begin != execution.steps.end()) one.offset = begin->offset;
    cases.push_back(std::move(one));
  }
  if (std::ranges::find(execution.subtests, execution.verdict, &SubtestResult::verdict) ==
      execution.subtests.end()) {
    ReportedCase one = as_it_counts(
        execution, {execution.scenario, execution.verdict, execution.reason, execution.wall});
    one.whole = true;
    one.offset = 0;
    cases.push_back(std::move(one));
  }
  return cases;
}

Execution as_skipped(const NotRun& left_out) {
  return {.scenario = left_out.scenario,
          .daemon = left_out.daemon,
          .verdict = Verdict::Skipped,
          .reason = fmt::format("not run{}: {}",
                                left_out.times > 1 ? fmt::format(", {} times", left_out.times) : "",
                                left_out.reason),
          .reasons = left_out.reasons};
}

}  // namespace noderig
