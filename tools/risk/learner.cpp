#include "learner.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace noderig::risk {
namespace {

// How fast weight moves to what does better. A way that is ahead by 0.01 of APFD in each of a
// hundred cycles weighs e times as much as the other.
constexpr double kRate = 1;

}  // namespace

Order by_score(const std::vector<double>& scores) {
  Order order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&](std::size_t row) { return scores[row]; });
  return order;
}

Learner::Learner() {
  for (const Reading reading : kReadings) {
    for (std::size_t decay = 0; decay < kDecays.size(); ++decay) {
      ways_.push_back({reading, decay});
    }
  }
}

std::vector<double> Learner::weights() const {
  double most = 0;
  for (const Way& way : ways_) most = std::max(most, way.gained);
  std::vector<double> weights;
  double sum = 0;
  for (const Way& way : ways_) {
    weights.push_back(std::exp(kRate * (way.gained - most)));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

std::vector<double> Learner::score(const ReplayHistory& history, const Cycle& cycle) const {
  const std::vector<double> weight = weights();
  std::vector<double> scores;
  scores.reserve(cycle.rows.size());
  for (const CycleRow& row : cycle.rows) {
    double score = 0;
    for (std::size_t i = 0; i < ways_.size(); ++i) {
      score +=
          weight[i] * log_odds(history.probability(row.name, ways_[i].reading, ways_[i].decay));
    }
    scores.push_back(score);
  }
  return scores;
}

void Learner::learn(const ReplayHistory& history, const Cycle& cycle) {
  const std::size_t failures = cycle.failures();
  if (cycle.rows.size() < kFewestRows || failures == 0 || failures == cycle.rows.size()) return;
  std::vector<double> scores(cycle.rows.size());
  for (Way& way : ways_) {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      scores[i] = history.probability(cycle.rows[i].name, way.reading, way.decay);
    }
    way.gained += measure(cycle, by_score(scores), 1).apfd;
  }
}

}  // namespace noderig::risk
