// Decides which execution starts next. The runner asks whenever one has ended or there may be room,
// and tells each verdict, so that an order can change while a run goes on. Knows nothing of
// processes and clocks: time and memory are handed in. Belongs to the runner's thread.
#pragma once

#include <noderig/framework/runner/results.h>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

// What the schedule knows of one execution that is to come.
struct ScheduledItem {
  double expected_seconds = 0;
  int memory_mb = 0;
  bool excused = false;  // its failure does not count
};

// Which executions come first. Items are known by their place in the plan.
class Order {
 public:
  virtual ~Order() = default;

  // Brings what waits for its turn into order, the best first; it comes in the order of the plan.
  // `round` counts repetitions from 0. Called before the first start of a round and after each
  // verdict.
  virtual void arrange(std::vector<std::size_t>& waiting, int round) = 0;

  // The verdict of an execution, before arrange() is called again. The same item may come several
  // times when it is repeated.
  virtual void learn(std::size_t /*item*/, Verdict /*verdict*/) {}

  // What the course of the run has to do with the item's place; empty when nothing. A sentence, to
  // stand beside the plan's own reasons. Asked when it starts.
  virtual std::string why(std::size_t /*item*/) const { return {}; }
};

// The order of the plan.
std::unique_ptr<Order> listed_order();
// The longest first, so that no long one is left for the end, when other slots have nothing to do.
std::unique_ptr<Order> longest_order(const std::vector<ScheduledItem>& items);
// Another one in each round, the same for the same seed.
std::unique_ptr<Order> shuffled_order(std::size_t items, std::uint64_t seed);

struct SchedulePolicy {
  int jobs = 1;                    // how many run at a time
  std::optional<int> rounds = 1;   // how often each item runs; nothing: again and again
  bool stop_at_failure = false;    // start nothing after a failure that counts
  std::optional<double> budget{};  // seconds; what is not expected to end in them is left out
};

// An item that did not run, how often, and why.
struct LeftOut {
  std::size_t item = 0;
  std::string reason{};
  std::int64_t times = 1;

  bool operator==(const LeftOut&) const = default;
};

class Schedule {
 public:
  Schedule(std::vector<ScheduledItem> items, SchedulePolicy policy, std::unique_ptr<Order> order);

  // The item to start now; nothing when none can be. It counts as running until ended() is told of
  // it. `elapsed` is the time since the run began, `free_memory_mb` what the machine can give. One
  // item at a time starts however little memory there is.
  std::optional<std::size_t> next(double elapsed, std::int64_t free_memory_mb);

  // The item leaves the processor to others: one of them takes at least half as long as all would
  // if they shared the machine evenly, so it alone may decide when the run ends, and this one takes
  // less. Nothing yields when one runs at a time or nobody knows for how long.
  bool yields(std::size_t item) const;

  // See Order.
  std::string why(std::size_t item) const { return order_->why(item); }

  // The verdict of a running item; Skipped too.
  void ended(std::size_t item, Verdict verdict);

  // Nothing starts any more, for that reason; what waits is left out. The first reason stays.
  void stop(const std::string& reason);

  // Nothing runs, and nothing will.
  bool over() const { return running_ == 0 && waiting_.empty() && !another_round(); }

  // What ran less often than was asked for, in the order of the plan.
  std::vector<LeftOut> left_out() const;

 private:
  bool another_round() const;
  void begin_round();
  void arrange();
  bool fits_budget(std::size_t item, double elapsed) const;

  std::vector<ScheduledItem> items_;
  SchedulePolicy policy_;
  std::unique_ptr<Order> order_;
  std::vector<std::size_t> waiting_;   // of the current round, the best first
  std::vector<int> started_;           // how often, by item
  std::vector<std::string> left_why_;  // why an item was left out at last, by item
  int round_ = 0;                      // how many have begun
  int running_ = 0;
  std::int64_t memory_mb_ = 0;  // what the running ones declare
  std::size_t fruitless_ = 0;   // skipped or left out since something ran
  std::string stopped_;         // why; empty when it is not
};

}  // namespace noderig
