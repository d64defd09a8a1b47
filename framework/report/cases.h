// The test cases that an execution is to programs that know of suites and cases: its sub-tests, and
// the scenario as a whole where they do not say it all. Pure functions; any thread.
#pragma once

#include <noderig/framework/runner/results.h>
#include <optional>
#include <string_view>
#include <vector>

namespace noderig {

// How the reason begins of a failure that counts as skipped. Readers of reports know it by that.
inline constexpr std::string_view kInQuarantine = "failed, in quarantine ";

struct ReportedCase {
  SubtestResult result;  // a failure in quarantine, which does not count, as skipped
  Verdict verdict;       // as it was
  bool whole = false;    // the scenario itself, no sub-test
  std::optional<double>
      offset{};  // seconds, from the worker's start; nothing when it did not begin
};

// The scenario itself is a case when it has no sub-tests, and when none of them has its verdict: a
// failure outside of every sub-test must not pass for a success.
std::vector<ReportedCase> cases_of(const Execution& execution);

// What was to run and did not, as an execution that was skipped for that reason: for tools that
// know of nothing else.
Execution as_skipped(const NotRun& left_out);

}  // namespace noderig
