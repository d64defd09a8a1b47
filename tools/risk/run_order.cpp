#include "run_order.h"

#include "decision.h"

#include <fmt/format.h>
#include <algorithm>

namespace noderig::risk {
namespace {

// A test that takes no time is not worth everything.
constexpr double kLeastSeconds = 0.001;

class RiskOrder : public noderig::Order {
 public:
  RiskOrder(std::vector<RunCandidate> candidates, Worth worth)
      : candidates_(std::move(candidates)), worth_(worth), moved_(candidates_.size()) {}

  void arrange(std::vector<std::size_t>& waiting, int /*round*/) override {
    std::ranges::stable_sort(waiting, std::ranges::greater(), [this](std::size_t item) {
      return std::pair(worth_of(item), probability_of_item(item));
    });
  }

  void learn(std::size_t item, Verdict verdict) override {
    if (verdict != Verdict::Failed) return;
    for (std::size_t other = 0; other < candidates_.size(); ++other) {
      if (other == item) continue;
      const RunCandidate& candidate = candidates_[other];
      const double lift =
          co_failure_lift(candidates_[item].past, candidate.past, candidate.probability);
      if (lift > moved_[other].lift) moved_[other] = {lift, item};
    }
  }

  std::string why(std::size_t item) const override {
    const Moved& moved = moved_[item];
    if (moved.lift <= 0) return {};
    const PastCycles& failed = candidates_[moved.because].past;
    const PastCycles& own = candidates_[item].past;
    return fmt::format(
        "moved up: {} has failed, and of the {} earlier runs where it did and this one ran, this "
        "one failed in {}",
        candidates_[moved.because].name, common(failed.failed, own.ran),
        common(failed.failed, own.failed));
  }

 private:
  // By the greatest lift of all failures so far: several failures with one cause say it only once.
  struct Moved {
    double lift = 0;
    std::size_t because = 0;
  };

  double probability_of_item(std::size_t item) const {
    const double before = candidates_[item].probability;
    const double lift = moved_[item].lift;
    return lift > 0 ? probability_of(log_odds(before) + lift) : before;
  }

  double worth_of(std::size_t item) const {
    const RunCandidate& one = candidates_[item];
    const double now = probability_of_item(item);
    if (worth_ == Worth::DecreasePerSecond) {
      return decide_conditional(now, one.probability, one.costs).dr() /
             std::max(one.seconds, kLeastSeconds);
    }
    const double grown = one.probability > 0 ? now / one.probability : 1;
    return one.risk.value_or(0) * grown;
  }

  const std::vector<RunCandidate> candidates_;
  const Worth worth_;
  std::vector<Moved> moved_;
};

}  // namespace

std::unique_ptr<noderig::Order> order_by_risk(std::vector<RunCandidate> candidates, Worth worth) {
  return std::make_unique<RiskOrder>(std::move(candidates), worth);
}

}  // namespace noderig::risk
