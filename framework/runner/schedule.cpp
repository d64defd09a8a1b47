#include <fmt/format.h>
#include <noderig/framework/runner/schedule.h>
#include <algorithm>
#include <numeric>
#include <random>

namespace noderig {
namespace {

class ListedOrder : public Order {
 public:
  void arrange(std::vector<std::size_t>& /*waiting*/, int /*round*/) override {}
};

class LongestOrder : public Order {
 public:
  explicit LongestOrder(const std::vector<ScheduledItem>& items) : items_(items) {}

  void arrange(std::vector<std::size_t>& waiting, int /*round*/) override {
    std::ranges::stable_sort(waiting, std::ranges::greater(),
                             [&](std::size_t item) { return items_[item].expected_seconds; });
  }

 private:
  const std::vector<ScheduledItem> items_;
};

class ShuffledOrder : public Order {
 public:
  ShuffledOrder(std::size_t items, std::uint64_t seed) : seed_(seed), rank_(items) {}

  void arrange(std::vector<std::size_t>& waiting, int round) override {
    if (round != round_) {
      std::iota(rank_.begin(), rank_.end(), std::size_t{0});
      std::ranges::shuffle(rank_, std::mt19937_64(seed_ + static_cast<std::uint64_t>(round)));
      round_ = round;
    }
    std::ranges::sort(waiting, {}, [&](std::size_t item) { return rank_[item]; });
  }

 private:
  const std::uint64_t seed_;
  std::vector<std::size_t> rank_;  // of each item in the round
  int round_ = -1;
};

}  // namespace

std::unique_ptr<Order> listed_order() {
  return std::make_unique<ListedOrder>();
}

std::unique_ptr<Order> longest_order(const std::vector<ScheduledItem>& items) {
  return std::make_unique<LongestOrder>(items);
}

std::unique_ptr<Order> shuffled_order(std::size_t items, std::uint64_t seed) {
  return std::make_unique<ShuffledOrder>(items, seed);
}

Schedule::Schedule(std::vector<ScheduledItem> items, SchedulePolicy policy,
                   std::unique_ptr<Order> order)
    : items_(std::move(items)),
      policy_(policy),
      order_(std::move(order)),
      started_(items_.size()),
      left_why_(items_.size()) {}

std::optional<std::size_t> Schedule::next(double elapsed, std::int64_t free_memory_mb) {
  while (running_ < policy_.jobs) {
    if (waiting_.empty()) {
      if (!another_round()) return {};
      begin_round();
    }
    for (auto one = waiting_.begin(); one != waiting_.end();) {
      const std::size_t item = *one;
      if (!fits_budget(item, elapsed)) {
        left_why_[item] = fmt::format(
            "expected to take {:.0f} s, more than the budget of {:.0f} s "
            "had left",
            items_[item].expected_seconds, *policy_.budget);
        ++fruitless_;
        one = waiting_.erase(one);
        continue;
      }
      // What the running ones have taken by now is counted twice: rather too little at a time than
      // a machine that swaps.
      if (running_ > 0 && memory_mb_ + items_[item].memory_mb > free_memory_mb) {
        ++one;
        continue;
      }
      waiting_.erase(one);
      ++started_[item];
      ++running_;
      memory_mb_ += items_[item].memory_mb;
      return item;
    }
    if (!waiting_.empty()) return {};
  }
  return {};
}

bool Schedule::yields(std::size_t item) const {
  if (policy_.jobs == 1 || !policy_.rounds) return false;
  double longest = 0;
  double total = 0;
  for (const ScheduledItem& one : items_) {
    longest = std::max(longest, one.expected_seconds);
    total += one.expected_seconds * *policy_.rounds;
  }
  const std::size_t executions = items_.size() * static_cast<std::size_t>(*policy_.rounds);
  const auto at_once = std::min(static_cast<std::size_t>(policy_.jobs), executions);
  const double long_enough = total / static_cast<double>(at_once) / 2;
  return longest >= long_enough && items_[item].expected_seconds < long_enough;
}

void Schedule::ended(std::size_t item, Verdict verdict) {
  --running_;
  memory_mb_ -= items_[item].memory_mb;
  fruitless_ = verdict == Verdict::Skipped ? fruitless_ + 1 : 0;
  order_->learn(item, verdict);
  if (verdict == Verdict::Failed && policy_.stop_at_failure && !items_[item].excused) {
    stop("a failure came first");
  } else {
    arrange();
  }
}

void Schedule::stop(const std::string& reason) {
  if (stopped_.empty()) stopped_ = reason;
  waiting_.clear();
}

std::vector<LeftOut> Schedule::left_out() const {
  std::vector<LeftOut> all;
  const int wanted = policy_.rounds.value_or(1);
  for (std::size_t item = 0; item < items_.size(); ++item) {
    if (started_[item] >= wanted) continue;
    all.push_back(
        {item, left_why_[item].empty() ? stopped_ : left_why_[item], wanted - started_[item]});
  }
  return all;
}

bool Schedule::another_round() const {
  if (!stopped_.empty() || items_.empty()) return false;
  if (policy_.rounds) return round_ < *policy_.rounds;
  return fruitless_ < items_.size();  // else it would go on for ever
}

void Schedule::begin_round() {
  waiting_.resize(items_.size());
  std::iota(waiting_.begin(), waiting_.end(), std::size_t{0});
  ++round_;
  arrange();
}

void Schedule::arrange() {
  std::ranges::sort(waiting_);
  order_->arrange(waiting_, round_ - 1);
}

bool Schedule::fits_budget(std::size_t item, double elapsed) const {
  return !policy_.budget || elapsed + items_[item].expected_seconds <= *policy_.budget;
}

}  // namespace noderig
