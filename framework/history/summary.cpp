#include <noderig/framework/history/summary.h>
#include <algorithm>

namespace noderig {
namespace {

char sign_of(const PastExecution& one) {
  switch (one.verdict) {
    case Verdict::Passed:
      return '.';
    case Verdict::Failed:
      return one.flaky ? 'f' : 'F';
    case Verdict::Skipped:
      return 's';
    case Verdict::Interrupted:
      return '!';
  }
  return '?';
}

}  // namespace

PastSummary summary_of(const PastTest& test) {
  PastSummary summary;
  std::vector<double> seconds;
  for (const PastExecution& one : test.executions) {
    summary.failures += one.verdict == Verdict::Failed;
    summary.flaky += one.flaky;
    summary.interrupted += one.verdict == Verdict::Interrupted;
    summary.skipped += one.verdict == Verdict::Skipped;
    if (one.verdict == Verdict::Passed && !one.partial) seconds.push_back(one.seconds);
  }
  summary.runs = static_cast<int>(test.executions.size()) - summary.skipped;
  summary.flaky_rate =
      wilson_interval(static_cast<std::size_t>(summary.flaky),
                      static_cast<std::size_t>(summary.runs - summary.interrupted));
  summary.trend = trend(seconds);
  summary.median_seconds = median(std::move(seconds));
  return summary;
}

std::string verdict_strip(const PastTest& test, std::size_t last) {
  const std::size_t shown = std::min(last, test.executions.size());
  std::string strip;
  for (auto one = test.executions.end() - static_cast<std::ptrdiff_t>(shown);
       one != test.executions.end(); ++one) {
    strip += sign_of(*one);
  }
  return strip;
}

}  // namespace noderig
