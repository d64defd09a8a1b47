#include <risk/run_order.h>

#include <gmock/gmock.h>

#include <numeric>

namespace noderig::risk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

PastCycles past(const std::vector<std::size_t>& failed, std::size_t cycles) {
  PastCycles past;
  for (std::size_t cycle = 1; cycle <= cycles; ++cycle) {
    past.add(cycle, std::ranges::find(failed, cycle) != failed.end());
  }
  return past;
}

// a carries most risk; when d failed, so did c and once b, whose risk becomes 79 by that.
std::vector<RunCandidate> four(double most = 70) {
  return {{.name = "a", .risk = most, .probability = 0.1, .past = past({}, 6)},
          {.name = "b", .risk = 60, .probability = 0.1, .past = past({2}, 6)},
          {.name = "c", .risk = 40, .probability = 0.1, .past = past({1, 2, 3}, 6)},
          {.name = "d", .risk = 20, .probability = 0.1, .past = past({1, 2, 3}, 6)}};
}

std::vector<std::size_t> arranged(noderig::Order& order, std::vector<std::size_t> waiting) {
  order.arrange(waiting, 0);
  return waiting;
}

TEST(RunOrder, GoesByRiskThenProbabilityThenThePlan) {
  const auto order = order_by_risk({{.name = "undefined", .probability = 0.5},
                                    {.name = "low", .risk = 8, .probability = 0.1},
                                    {.name = "equal", .risk = 8, .probability = 0.1},
                                    {.name = "likelier", .risk = 8, .probability = 0.2},
                                    {.name = "high", .risk = 144, .probability = 0.01}},
                                   Worth::Risk);
  EXPECT_THAT(arranged(*order, {0, 1, 2, 3, 4}), ElementsAre(4, 3, 1, 2, 0));
}

TEST(RunOrder, MovesUpWhatUsedToFailTogetherWithAFailure) {
  const auto order = order_by_risk(four(), Worth::Risk);
  EXPECT_THAT(arranged(*order, {0, 1, 2, 3}), ElementsAre(0, 1, 2, 3));
  order->learn(3, Verdict::Failed);
  EXPECT_THAT(arranged(*order, {0, 1, 2}), ElementsAre(2, 1, 0));
  EXPECT_EQ(order->why(2),
            "moved up: d has failed, and of the 3 earlier runs where it did and this one ran, this "
            "one failed in 3");
  EXPECT_THAT(order->why(0), IsEmpty());
}

TEST(RunOrder, StaysAfterWhatIsNoFailure) {
  for (const Verdict verdict : {Verdict::Passed, Verdict::Skipped, Verdict::Interrupted}) {
    const auto order = order_by_risk(four(), Worth::Risk);
    order->learn(3, verdict);
    EXPECT_THAT(arranged(*order, {0, 1, 2}), ElementsAre(0, 1, 2));
  }
}

TEST(RunOrder, TakesSeveralFailuresWithOneCauseAsOne) {
  auto candidates = four(90);
  candidates.push_back(candidates[3]);
  const auto once = order_by_risk(candidates, Worth::Risk);
  once->learn(3, Verdict::Failed);
  const auto twice = order_by_risk(candidates, Worth::Risk);
  twice->learn(3, Verdict::Failed);
  twice->learn(4, Verdict::Failed);
  // With the lift of both, b would pass a as well as c does.
  EXPECT_EQ(arranged(*twice, {0, 1, 2}), arranged(*once, {0, 1, 2}));
}

TEST(RunOrder, BuysMostDecreaseASecondWithABudget) {
  // dR is 15 p - 2 (1 - p): 2.25, 2.25, 0.55 and, for what is not worth running, below 0.
  const auto order =
      order_by_risk({{.name = "slow", .risk = 987, .probability = 0.25, .seconds = 10},
                     {.name = "fast", .risk = 1, .probability = 0.25, .seconds = 5},
                     {.name = "instant", .risk = 1, .probability = 0.15, .seconds = 0.1},
                     {.name = "worthless", .risk = 987, .probability = 0.01, .seconds = 1}},
                    Worth::DecreasePerSecond);
  EXPECT_THAT(arranged(*order, {0, 1, 2, 3}), ElementsAre(2, 1, 0, 3));
}

}  // namespace
}  // namespace noderig::risk
