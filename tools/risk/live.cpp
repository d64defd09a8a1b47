#include "live.h"

#include "learner.h"

#include <bit>
#include <cmath>

namespace noderig::risk {
namespace {

// How much of the lift is believed: a test that failed together with another did so among many.
constexpr double kTrust = 0.3;

double common_bits(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  int bits = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) bits += std::popcount(a[i] & b[i]);
  return bits;
}

double probability_of(double log_odds) {
  return 1 / (1 + std::exp(-log_odds));
}

}  // namespace

double co_failure_lift(const NameHistory& failed, const NameHistory& other, double probability) {
  const double together = common_bits(failed.failed, other.failed);
  const double chances = common_bits(failed.failed, other.ran);
  const double strength = ProbabilityModel{}.strength;
  const double given = (strength * probability + together) / (strength + chances);
  return std::max(0.0, log_odds(given) - log_odds(probability));
}

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
          kTrust * co_failure_lift(history.of(row.name), history.of(cycle.rows[i].name),
                                   probability_of(scores[i]));
      if (raised <= lift[i]) continue;
      current[i] += raised - lift[i];
      lift[i] = raised;
    }
  }
  return order;
}

}  // namespace noderig::risk
