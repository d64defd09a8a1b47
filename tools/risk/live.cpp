#include "live.h"

namespace noderig::risk {

Order live_order(const ReplayHistory& history, const Cycle& cycle,
                 const std::vector<double>& scores) {
  std::vector<double> lift(scores.size());  // the greatest of all failures so far
  std::vector<double> current = scores;
  std::vector<bool> placed(scores.size());
  Order order;
  for (std::size_t turn = 0; turn < scores.size(); ++turn) {
    std::size_t next = scores.size();
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (!placed[i] && (next == scores.size() || current[i] > current[next])) next = i;
    }
    placed[next] = true;
    order.push_back(next);
    const CycleRow& row = cycle.rows[next];
    for (std::size_t i = 0; row.failed && i < scores.size(); ++i) {
      if (placed[i] || cycle.rows[i].name == row.name) continue;
      const double raised =
          co_failure_lift(history.of(row.name).past, history.of(cycle.rows[i].name).past,
                          probability_of(scores[i]));
      if (raised <= lift[i]) continue;
      current[i] += raised - lift[i];
      lift[i] = raised;
    }
  }
  return order;
}

}  // namespace noderig::risk
