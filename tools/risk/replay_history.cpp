#include "replay_history.h"

#include <map>

namespace noderig::risk {
namespace {

struct Seen {
  int rows = 0;
  int failed = 0;
  bool last = false;
};

}  // namespace

void ReplayHistory::learn(const Cycle& cycle) {
  std::map<std::uint32_t, Seen> names;
  for (const CycleRow& row : cycle.rows) {
    Seen& seen = names[row.name];
    ++seen.rows;
    seen.failed += row.failed ? 1 : 0;
    seen.last = row.failed;
  }
  for (const auto& [name, seen] : names) {
    NameHistory& history = names_[name];
    const bool failed = seen.failed > 0;
    if (history.cycles == 0) {
      ++rates_.first_runs;
      rates_.failed_first += failed ? 1 : 0;
    }
    ++rates_.runs;
    rates_.failed += failed ? 1 : 0;
    ++history.cycles;
    history.failed_cycles += failed ? 1 : 0;
    history.failed_before = failed;
    const std::array<double, kReadings.size()> verdicts = {
        failed ? 1.0 : 0.0, static_cast<double>(seen.failed) / seen.rows, seen.last ? 1.0 : 0.0};
    for (std::size_t reading = 0; reading < kReadings.size(); ++reading) {
      for (std::size_t decay = 0; decay < kDecays.size(); ++decay) {
        history.counts[reading][decay].add(verdicts[reading], kDecays[decay]);
      }
    }
    history.past.add(cycle_, failed);
  }
  ++cycle_;
}

double ReplayHistory::probability(std::uint32_t name, Reading reading, std::size_t decay) const {
  const NameHistory& history = names_[name];
  if (history.cycles == 0) return rates_.first_failure();
  const Counts& counts = history.counts[static_cast<std::size_t>(reading)][decay];
  return counts.probability(rates_.failure(), ProbabilityModel{}.strength);
}

}  // namespace noderig::risk
