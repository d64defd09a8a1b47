#include "probability.h"

#include <algorithm>
#include <cmath>

namespace noderig::risk {

EvidenceReader::EvidenceReader(std::size_t builds, const ProbabilityModel& model)
    : model_(model), last_pass_(builds) {}

Evidence EvidenceReader::read(const TestCase& test) {
  ++test_;
  for (std::size_t i = 0; i < test.runs.size(); ++i) {
    const TestRun& run = test.runs[i];
    if (run.verdict != RunVerdict::Passed || run.build == 0) continue;
    last_pass_[run.build] = {test_, static_cast<std::uint32_t>(i)};
  }
  Evidence evidence;
  for (std::size_t i = 0; i < test.runs.size(); ++i) {
    const TestRun& run = test.runs[i];
    if (run.verdict == RunVerdict::Skipped) continue;
    const bool failed = run.verdict == RunVerdict::Failed;
    const LastPass& pass = last_pass_[run.build];
    const bool passed_later = run.build != 0 && pass.test == test_ && pass.run > i;
    if (run.verdict == RunVerdict::Flaky || (failed && passed_later)) {
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
