// How good an order of a cycle's rows is, given what came of them. Pure functions; any thread.
#pragma once

#include "cycles.h"

#include <optional>

namespace noderig::risk {

// Rows of a cycle by index, first to last.
using Order = std::vector<std::size_t>;

struct Metrics {
  double apfd = 0;           // average percentage of faults detected
  double apfdc = 0;          // the same by cost
  double napfd = 0;          // within the budget
  double recall = 0;         // share of the failures found within the budget
  double first_failure = 0;  // share of the time through the end of the first failed row
};

// The cycle has at least one failure; `budget` is a share of its total time.
Metrics measure(const Cycle& cycle, const Order& order, double budget);

}  // namespace noderig::risk
