// What a replay knows of each name from the cycles before: verdicts, decayed. It changes once a
// cycle and name; a name has failed if any of its rows did. Owned by one replay; one thread.
#pragma once

#include "co_failure.h"
#include "cycles.h"
#include "probability.h"

#include <array>

namespace noderig::risk {

// The ways to read one cycle's rows of a name as one verdict.
enum class Reading {
  Any,    // failed if any row did
  Share,  // the share of its rows that failed
  Last,   // as its last row
};
inline constexpr std::array kReadings = {Reading::Any, Reading::Share, Reading::Last};
// How fast the past is forgotten, at each cycle with the name.
inline constexpr std::array<double, 4> kDecays = {0.5, 0.8, 0.9, 0.98};

struct NameHistory {
  int cycles = 0;
  int failed_cycles = 0;
  bool failed_before = false;  // in its latest cycle
  std::array<std::array<Counts, kDecays.size()>, kReadings.size()> counts{};
  PastCycles past{};
};

class ReplayHistory {
 public:
  explicit ReplayHistory(std::size_t names) : names_(names) {}

  void learn(const Cycle& cycle);

  const NameHistory& of(std::uint32_t name) const { return names_[name]; }
  const ProjectRates& rates() const { return rates_; }
  // The decision model's p under one reading and decay; unseen: the first-run failure rate.
  double probability(std::uint32_t name, Reading reading, std::size_t decay) const;

 private:
  std::vector<NameHistory> names_;
  ProjectRates rates_;
  std::size_t cycle_ = 0;
};

}  // namespace noderig::risk
