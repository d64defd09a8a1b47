#include "metrics.h"

namespace noderig::risk {

Metrics measure(const Cycle& cycle, const Order& order, double budget) {
  const auto n = static_cast<double>(cycle.rows.size());
  const auto m = static_cast<double>(cycle.failures());
  double total = 0;
  for (const CycleRow& row : cycle.rows) total += row.seconds;
  const bool equal = total == 0;  // without any durations each row takes as long
  if (equal) total = n;

  Metrics metrics;
  double ranks = 0;     // sum of the failed rows' ranks
  double cost = 0;      // what remains from each failed row on, less half of its own time
  double elapsed = 0;   // before the row
  double used = 0;      // of the budget
  double executed = 0;  // rows within the budget
  double found = 0;     // failures within the budget
  double found_ranks = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const CycleRow& row = cycle.rows[order[i]];
    const double seconds = equal ? 1 : row.seconds;
    const bool fits = used + seconds <= budget * total * (1 + 1e-9);
    if (fits) {
      used += seconds;
      ++executed;
    }
    if (row.failed) {
      if (ranks == 0) metrics.first_failure = (elapsed + seconds) / total;
      ranks += static_cast<double>(i + 1);
      cost += total - elapsed - seconds / 2;
      if (fits) {
        ++found;
        found_ranks += executed;
      }
    }
    elapsed += seconds;
  }
  metrics.apfd = 1 - ranks / (n * m) + 1 / (2 * n);
  metrics.apfdc = cost / (m * total);
  metrics.recall = found / m;
  if (found > 0) {
    metrics.napfd = metrics.recall - found_ranks / (n * m) + metrics.recall / (2 * n);
  }
  return metrics;
}

}  // namespace noderig::risk
