#include <noderig/framework/runner/schedule.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace noderig {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr std::int64_t kEnoughMemory = 1'000'000;

std::vector<ScheduledItem> items_of(const std::vector<double>& seconds, int memory_mb = 100) {
  std::vector<ScheduledItem> items;
  for (const double one : seconds) items.push_back({one, memory_mb});
  return items;
}

// Runs everything one after the other, all with that verdict, and tells in which order.
std::vector<std::size_t> run_all(Schedule& schedule, Verdict verdict = Verdict::Passed) {
  std::vector<std::size_t> order;
  while (const auto item = schedule.next(0, kEnoughMemory)) {
    order.push_back(*item);
    schedule.ended(*item, verdict);
  }
  return order;
}

TEST(Schedule, RunsEachOnceInThePlansOrder) {
  Schedule schedule(items_of({1, 2, 3}), {}, listed_order());
  EXPECT_FALSE(schedule.over());
  EXPECT_THAT(run_all(schedule), ElementsAre(0, 1, 2));
  EXPECT_TRUE(schedule.over());
  EXPECT_THAT(schedule.left_out(), IsEmpty());
}

TEST(Schedule, GoesOnAfterAFailureThatDoesNotCount) {
  std::vector<ScheduledItem> items = items_of({1, 2, 3});
  items[0].excused = true;
  Schedule schedule(items, {.stop_at_failure = true}, listed_order());
  EXPECT_THAT(run_all(schedule, Verdict::Failed), ElementsAre(0, 1));
}

// Which of the items yield, by their seconds.
std::vector<double> yielding(const std::vector<double>& seconds, const SchedulePolicy& policy) {
  const Schedule schedule(items_of(seconds), policy, listed_order());
  std::vector<double> all;
  for (std::size_t item = 0; item < seconds.size(); ++item) {
    if (schedule.yields(item)) all.push_back(seconds[item]);
  }
  return all;
}

TEST(Schedule, ShortOnesYieldToOneThatDecidesWhenTheRunEnds) {
  EXPECT_THAT(yielding({50, 6, 20, 7, 22}, {.jobs = 2}), ElementsAre(6, 20, 7, 22));
  // 105 s on six slots would be 18 s, half of which others take, too.
  EXPECT_THAT(yielding({50, 6, 20, 7, 22}, {.jobs = 6}), ElementsAre(6, 7));
}

TEST(Schedule, NobodyYieldsWhereNoneDecidesWhenTheRunEnds) {
  EXPECT_THAT(yielding({5, 5, 5, 5, 5, 5}, {.jobs = 3}), IsEmpty());
  EXPECT_THAT(yielding({9, 5, 5, 5, 5, 9, 7, 5, 5}, {.jobs = 2}), IsEmpty());
  EXPECT_THAT(yielding({50, 6, 20, 7, 22}, {.jobs = 2, .rounds = 30}), IsEmpty());
  EXPECT_THAT(yielding({50, 6, 20, 7, 22}, {.jobs = 2, .rounds = {}}), IsEmpty());
  EXPECT_THAT(yielding({50, 6, 20, 7, 22}, {.jobs = 1}), IsEmpty());
}

TEST(Schedule, OfNothingIsOver) {
  for (const std::optional<int> rounds : {std::optional<int>(1), std::optional<int>()}) {
    Schedule schedule({}, {.rounds = rounds}, listed_order());
    EXPECT_TRUE(schedule.over());
    EXPECT_EQ(schedule.next(0, kEnoughMemory), std::nullopt);
    EXPECT_TRUE(schedule.over());
  }
}

TEST(Schedule, RunsAsManyAtATimeAsAskedFor) {
  Schedule schedule(items_of({1, 1, 1}), {.jobs = 2}, listed_order());
  EXPECT_EQ(schedule.next(0, kEnoughMemory), 0);
  EXPECT_EQ(schedule.next(0, kEnoughMemory), 1);
  EXPECT_EQ(schedule.next(0, kEnoughMemory), std::nullopt);
  schedule.ended(1, Verdict::Passed);
  EXPECT_EQ(schedule.next(0, kEnoughMemory), 2);
  EXPECT_FALSE(schedule.over());
}

TEST(Schedule, LongestComeFirstAndEqualsInThePlansOrder) {
  const auto items = items_of({1, 5, 2, 5});
  Schedule schedule(items, {}, longest_order(items));
  EXPECT_THAT(run_all(schedule), ElementsAre(1, 3, 2, 0));
}

TEST(Schedule, ShuffledOrderIsTheSeedsAndAnotherInEachRound) {
  const auto order_of = [](std::uint64_t seed) {
    Schedule schedule(items_of(std::vector<double>(20, 1)), {.rounds = 2},
                      shuffled_order(20, seed));
    return run_all(schedule);
  };
  const std::vector<std::size_t> order = order_of(1);
  EXPECT_EQ(order, order_of(1));
  EXPECT_NE(order, order_of(2));
  std::vector<std::size_t> first(order.begin(), order.begin() + 20);
  std::vector<std::size_t> second(order.begin() + 20, order.end());
  EXPECT_NE(first, second);
  std::ranges::sort(first);
  std::ranges::sort(second);
  EXPECT_EQ(first, second);
}

// ----------------------------------------------------------------------------------------- Memory

TEST(Schedule, WaitsForMemoryAndTakesWhatFits) {
  Schedule schedule({{1, 600}, {1, 600}, {1, 100}}, {.jobs = 3}, listed_order());
  EXPECT_EQ(schedule.next(0, 1000), 0);
  EXPECT_EQ(schedule.next(0, 1000), 2);
  EXPECT_EQ(schedule.next(0, 1000), std::nullopt);
  EXPECT_FALSE(schedule.over());
  schedule.ended(2, Verdict::Passed);
  EXPECT_EQ(schedule.next(0, 1000), std::nullopt);
  EXPECT_EQ(schedule.next(0, 1200), 1);
}

TEST(Schedule, RunsOneHoweverLittleMemoryThereIs) {
  Schedule schedule(items_of({1, 1}), {.jobs = 2}, listed_order());
  EXPECT_EQ(schedule.next(0, 0), 0);
  EXPECT_EQ(schedule.next(0, 0), std::nullopt);
  schedule.ended(0, Verdict::Passed);
  EXPECT_EQ(schedule.next(0, 0), 1);
}

// --------------------------------------------------------------------------------- Orders that
// learn

// Puts an item first once another one has failed.
class Suspicious : public Order {
 public:
  void arrange(std::vector<std::size_t>& waiting, int /*round*/) override {
    EXPECT_TRUE(std::ranges::is_sorted(waiting));
    const auto suspect = std::ranges::find(waiting, suspect_);
    if (suspect != waiting.end()) std::rotate(waiting.begin(), suspect, suspect + 1);
  }
  void learn(std::size_t item, Verdict verdict) override {
    if (item == 0 && verdict == Verdict::Failed) suspect_ = 3;
  }

 private:
  std::size_t suspect_ = 1;
};

TEST(Schedule, FollowsAnOrderThatChanges) {
  Schedule schedule(items_of({1, 1, 1, 1}), {}, std::make_unique<Suspicious>());
  EXPECT_EQ(schedule.next(0, kEnoughMemory), 1);
  schedule.ended(1, Verdict::Failed);
  EXPECT_EQ(schedule.next(0, kEnoughMemory), 0);
  schedule.ended(0, Verdict::Failed);
  EXPECT_THAT(run_all(schedule), ElementsAre(3, 2));
}

// -------------------------------------------------------------------------------- Rounds and
// failures

TEST(Schedule, RepeatsTheWholePlan) {
  Schedule schedule(items_of({1, 1}), {.rounds = 3}, listed_order());
  EXPECT_THAT(run_all(schedule), ElementsAre(0, 1, 0, 1, 0, 1));
  EXPECT_TRUE(schedule.over());
}

TEST(Schedule, RepeatsSideBySide) {
  Schedule schedule(items_of({1}), {.jobs = 3, .rounds = {}}, listed_order());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(schedule.next(0, kEnoughMemory), 0);
  EXPECT_EQ(schedule.next(0, kEnoughMemory), std::nullopt);
}

TEST(Schedule, GoesOnUntilSomethingFails) {
  Schedule schedule(items_of({1, 1, 1}), {.rounds = {}, .stop_at_failure = true}, listed_order());
  for (int i = 0; i < 100; ++i) {
    const auto item = schedule.next(0, kEnoughMemory);
    ASSERT_TRUE(item);
    schedule.ended(*item, Verdict::Passed);
  }
  const auto item = schedule.next(0, kEnoughMemory);
  schedule.ended(*item, Verdict::Failed);
  EXPECT_TRUE(schedule.over());
  EXPECT_THAT(schedule.left_out(), IsEmpty());  // each has run
}

TEST(Schedule, DoesNotGoOnForEverWhenAllIsSkipped) {
  Schedule schedule(items_of({1, 1, 1}), {.rounds = {}}, listed_order());
  EXPECT_THAT(run_all(schedule, Verdict::Skipped), SizeIs(3));
  EXPECT_TRUE(schedule.over());
}

TEST(Schedule, FailFastStartsNothingMoreAndNamesTheRest) {
  Schedule schedule(items_of({1, 1, 1}), {.jobs = 2, .rounds = 2, .stop_at_failure = true},
                    listed_order());
  schedule.next(0, kEnoughMemory);
  schedule.next(0, kEnoughMemory);
  schedule.ended(0, Verdict::Failed);
  EXPECT_EQ(schedule.next(0, kEnoughMemory), std::nullopt);
  EXPECT_FALSE(schedule.over());  // one still runs
  schedule.ended(1, Verdict::Passed);
  EXPECT_TRUE(schedule.over());
  EXPECT_THAT(schedule.left_out(), ElementsAre(LeftOut{0, "a failure came first", 1},
                                               LeftOut{1, "a failure came first", 1},
                                               LeftOut{2, "a failure came first", 2}));
}

TEST(Schedule, StoppedItKeepsTheFirstReason) {
  Schedule schedule(items_of({1, 1}), {.stop_at_failure = true}, listed_order());
  schedule.next(0, kEnoughMemory);
  schedule.stop("the user ended the run");
  schedule.ended(0, Verdict::Failed);
  EXPECT_TRUE(schedule.over());
  EXPECT_THAT(schedule.left_out(), ElementsAre(LeftOut{1, "the user ended the run", 1}));
}

// ----------------------------------------------------------------------------------------- Budget

TEST(Schedule, BudgetTakesWhatIsExpectedToFitInOrder) {
  Schedule schedule(items_of({40, 70, 50}), {.budget = 100}, listed_order());
  EXPECT_EQ(schedule.next(0, kEnoughMemory), 0);
  schedule.ended(0, Verdict::Passed);
  EXPECT_EQ(schedule.next(40, kEnoughMemory), 2);
  schedule.ended(2, Verdict::Passed);
  EXPECT_EQ(schedule.next(90, kEnoughMemory), std::nullopt);
  EXPECT_TRUE(schedule.over());
  EXPECT_THAT(
      schedule.left_out(),
      ElementsAre(LeftOut{1, "expected to take 70 s, more than the budget of 100 s had left", 1}));
}

TEST(Schedule, BudgetIsThatOfTheRunWhateverItsJobs) {
  Schedule schedule(items_of({90, 90, 90}), {.jobs = 2, .budget = 100}, listed_order());
  EXPECT_EQ(schedule.next(0, kEnoughMemory), 0);
  EXPECT_EQ(schedule.next(0, kEnoughMemory), 1);
  schedule.ended(0, Verdict::Passed);
  EXPECT_EQ(schedule.next(90, kEnoughMemory), std::nullopt);
  EXPECT_THAT(schedule.left_out(), SizeIs(1));
}

TEST(Schedule, BudgetEndsWhatWouldRunUntilItFails) {
  Schedule schedule(items_of({10, 30}), {.rounds = {}, .budget = 100}, listed_order());
  double clock = 0;
  std::vector<std::size_t> order;
  while (const auto item = schedule.next(clock, kEnoughMemory)) {
    order.push_back(*item);
    clock += *item == 0 ? 10 : 30;
    schedule.ended(*item, Verdict::Passed);
  }
  EXPECT_THAT(order, ElementsAre(0, 1, 0, 1, 0, 0));
  EXPECT_TRUE(schedule.over());
}

TEST(Schedule, EverythingCanBeLeftOut) {
  Schedule schedule(items_of({10, 30}), {.budget = 5}, listed_order());
  EXPECT_EQ(schedule.next(0, kEnoughMemory), std::nullopt);
  EXPECT_TRUE(schedule.over());
  EXPECT_THAT(schedule.left_out(), SizeIs(2));
}

}  // namespace
}  // namespace noderig
