#include "probability.h"

#include <algorithm>
#include <cmath>

namespace noderig::risk {

Evidence EvidenceReader::read(const std::vector<TestRun>& runs) {
  ++test_;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const TestRun& run = runs[i];
    if (run.verdict != RunVerdict::Passed || run.build == 0) continue;
    if (run.build >= last_pass_.size()) last_pass_.resize(run.build + std::size_t{1});
    last_pass_[run.build] = {test_, static_cast<std::uint32_t>(i)};
  }
  Evidence evidence;
  const auto passed_after = [&](std::size_t i) {
    if (runs[i].build >= last_pass_.size()) return false;
    const LastPass& pass = last_pass_[runs[i].build];
    return pass.test == test_ && pass.run > i;
  };
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const TestRun& run = runs[i];
    if (run.verdict == RunVerdict::Skipped) continue;
    const bool failed = run.verdict == RunVerdict::Failed;
    if (run.verdict == RunVerdict::Flaky || (failed && passed_after(i))) {
      ++evidence.flaky;
      continue;
    }
    if (evidence.runs == 0) evidence.failed_first = failed;
    ++evidence.runs;
    evidence.failed += failed ? 1 : 0;
    evidence.counts.add(failed ? 1 : 0, model_.decay);
  }
  return evidence;
}

ProjectRates rates_of(const std::vector<Evidence>& tests) {
  ProjectRates rates;
  for (const Evidence& test : tests) {
    if (test.runs == 0) continue;
    rates.runs += test.runs;
    rates.failed += test.failed;
    ++rates.first_runs;
    rates.failed_first += test.failed_first ? 1 : 0;
  }
  return rates;
}

double probability(const Evidence& evidence, const ProjectRates& rates,
                   const ProbabilityModel& model, std::optional<double> rate) {
  if (evidence.runs == 0) return rate.value_or(rates.first_failure());
  return evidence.counts.probability(rate.value_or(rates.failure()), model.strength);
}

double log_odds(double probability) {
  constexpr double kLeast = 1e-6;
  const double p = std::clamp(probability, kLeast, 1 - kLeast);
  return std::log(p / (1 - p));
}

double probability_of(double log_odds) {
  return 1 / (1 + std::exp(-log_odds));
}

}  // namespace noderig::risk
