// A test's past in a few figures. Value types and pure functions; any thread.
#pragma once

#include <noderig/framework/history/past.h>
#include <noderig/framework/history/statistics.h>
#include <optional>
#include <string>

namespace noderig {

struct PastSummary {
  int runs = 0;      // that began: passed, failed or interrupted
  int failures = 0;  // the flaky ones too
  int flaky = 0;
  int interrupted = 0;
  int skipped = 0;                         // not among the runs
  Interval flaky_rate{};                   // of the runs with a verdict, 95 %
  std::optional<double> median_seconds{};  // of whole runs that passed
  std::optional<double> trend{};           // of the same: see trend()
};

PastSummary summary_of(const PastTest& test);

// The newest `last` verdicts, oldest first, a character each: "." passed, "F" failed, "f" flaky,
// "s" skipped, "!" interrupted.
std::string verdict_strip(const PastTest& test, std::size_t last);

}  // namespace noderig
