#include <risk/evaluate.h>
#include <risk/learner.h>
#include <risk/live.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <sstream>

namespace noderig::risk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr double kExact = 1e-12;

const std::string kHeader = "Id;Name;Duration;CalcPrio;LastRun;LastResults;Verdict;Cycle\n";

Cycles cycles_of(const std::string& rows) {
  std::istringstream in(kHeader + rows);
  return read_cycles(in);
}

std::string row(const std::string& name, double seconds, int verdict, int cycle) {
  std::ostringstream line;
  line << "1;" << name << ";" << seconds << ";0;2026-01-01 00:00:00;[1, 0];" << verdict << ";"
       << cycle << "\n";
  return line.str();
}

// Two failed rows of four: the second and the fourth.
Cycle cycle_of_four() {
  return {1, {{0, false, 1}, {1, true, 2}, {2, false, 3}, {3, true, 4}}};
}

TEST(Metrics, FollowTheirDefinitions) {
  const Metrics metrics = measure(cycle_of_four(), {0, 1, 2, 3}, 0.5);
  EXPECT_NEAR(metrics.apfd, 1 - 6.0 / 8 + 1.0 / 8, kExact);
  EXPECT_NEAR(metrics.apfdc, ((9 - 1) + (4 - 2)) / 20.0, kExact);
  EXPECT_NEAR(metrics.first_failure, 0.3, kExact);
  // 5 of 10 seconds: the first two rows fit, the third and fourth do not.
  EXPECT_NEAR(metrics.recall, 0.5, kExact);
  EXPECT_NEAR(metrics.napfd, 0.5 - 2.0 / 8 + 0.5 / 8, kExact);
}

TEST(Metrics, SkipARowThatDoesNotFitAndTryTheNext) {
  const Metrics metrics = measure(cycle_of_four(), {3, 2, 1, 0}, 0.6);
  // 4 s, then 3 s do not fit, 2 s do: ranks 1 and 2 of those executed.
  EXPECT_NEAR(metrics.recall, 1, kExact);
  EXPECT_NEAR(metrics.napfd, 1 - 3.0 / 8 + 1.0 / 8, kExact);
}

TEST(Metrics, TakeRowsWithoutDurationsAsEqual) {
  const Cycle cycle{1, {{0, false, 0}, {1, true, 0}}};
  EXPECT_NEAR(measure(cycle, {0, 1}, 0.5).apfdc, 0.25, kExact);
  EXPECT_EQ(measure(cycle, {0, 1}, 0.5).napfd, 0);
  EXPECT_EQ(measure(cycle, {1, 0}, 0.5).recall, 1);
}

TEST(Cycles, SaysWhichLineIsBroken) {
  const auto refused = [](const std::string& rows, const std::string& message) {
    EXPECT_THAT([&] { cycles_of(rows); }, ThrowsMessage<UsageError>(HasSubstr(message)));
  };
  refused(row("a", 1, 0, 1) + "1;b;1;0;x;[]\n", "line 3: 6 fields, not 8");
  refused("1;b;long;0;x;[];0;1\n", "line 2: no duration: \"long\"");
  refused("1;b;1;0;x;[];2;1\n", "line 2: the verdict is neither 0 nor 1");
  refused("1;b;1;0;x;[];1;first\n", "line 2: no cycle");
  refused("", "no cycle in it");
}

TEST(Learner, LearnsOnceACycleAndName) {
  ReplayHistory history(1);
  history.learn({1, {{0, true, 1}, {0, false, 1}}});
  EXPECT_EQ(history.of(0).cycles, 1);
  EXPECT_EQ(history.of(0).failed_cycles, 1);
  // (2 x 1.5/2 + 1)/(2 + 1): the verdict is failed, and weighs 1.
  EXPECT_NEAR(history.probability(0, Reading::Any, 2), 2.5 / 3, kExact);
  EXPECT_NEAR(history.probability(0, Reading::Last, 2), 1.5 / 3, kExact);
}

TEST(Learner, DecaysBeforeItAdds) {
  ReplayHistory history(1);
  history.learn({1, {{0, true, 1}}});
  history.learn({2, {{0, false, 1}}});
  EXPECT_NEAR(history.probability(0, Reading::Any, 2), (2 * 1.5 / 3 + 0.9) / (2 + 1.9), kExact);
}

TEST(Learner, TurnsToTheReadingThatServesTheData) {
  // "steady" fails at every third cycle, "late" fails whenever it failed before: what matters is
  // the newest verdict of some and the long past of others, by turns of the data.
  Learner learner;
  ReplayHistory history(8);
  for (int number = 1; number <= 40; ++number) {
    Cycle cycle{number, {}};
    for (std::uint32_t name = 0; name < 8; ++name) {
      // A failing spell of five cycles a name: the newest verdict tells nearly all.
      cycle.rows.push_back({name, (number / 5) % 8 == static_cast<int>(name), 1});
    }
    if (number == 40) {
      // The spell of name 0 begins anew; nothing tells that. At 39 it was name 7.
      const auto scores = learner.score(history, cycle);
      EXPECT_EQ(by_score(scores).front(), 7u);
    }
    learner.learn(history, cycle);
    history.learn(cycle);
  }
}

TEST(Learner, RanksTiesAsListed) {
  EXPECT_THAT(by_score({1, 2, 1, 2}), ElementsAre(1, 3, 0, 2));
}

TEST(Live, RaisesWhatUsedToFailWithAFailedOne) {
  ReplayHistory history(4);
  // 0 and 3 fail together, 1 fails alone and more often than 3.
  for (int number = 1; number <= 8; ++number) {
    const bool together = number % 4 == 0;
    history.learn(
        {number, {{0, together, 1}, {1, number % 2 == 1, 1}, {2, false, 1}, {3, together, 1}}});
  }
  const Cycle cycle{9, {{0, true, 1}, {2, false, 1}, {1, false, 1}, {3, true, 1}}};
  const std::vector<double> scores = {2, -1.0, -0.9, -1.1};
  EXPECT_THAT(by_score(scores), ElementsAre(0, 2, 1, 3));
  EXPECT_THAT(live_order(history, cycle, scores), ElementsAre(0, 3, 2, 1));
}

TEST(Live, StaysWhereNothingFails) {
  ReplayHistory history(2);
  const Cycle cycle{1, {{0, false, 1}, {1, false, 1}}};
  EXPECT_THAT(live_order(history, cycle, {1, 2}), ElementsAre(1, 0));
}

TEST(Evaluate, TrainsOnEarlierCyclesOnly) {
  std::string rows;
  for (int cycle = 1; cycle <= 3; ++cycle) {
    for (int name = 0; name < 6; ++name) {
      rows += row("t" + std::to_string(name), 1, name == 5 ? 1 : 0, cycle);
    }
  }
  const Evaluation evaluation = evaluate(cycles_of(rows), {.from_cycle = 2});
  EXPECT_EQ(evaluation.evaluated, 2u);
  EXPECT_NEAR(evaluation.orders.at("risk").metrics.apfd, 1 - 1.0 / 12, kExact);
  EXPECT_NEAR(evaluation.orders.at("listed").metrics.apfd, 1.0 / 12, kExact);
  EXPECT_EQ(evaluation.orders.at("optimal").metrics.apfd,
            evaluation.orders.at("risk").metrics.apfd);
}

TEST(Evaluate, DoesNotLookAtTheVerdictsOrDurationsOfTheCycleItOrders) {
  std::string rows;
  for (int name = 0; name < 6; ++name) rows += row("t" + std::to_string(name), 1, name == 2, 1);
  std::string other = rows;
  for (int name = 0; name < 6; ++name) {
    rows += row("t" + std::to_string(name), 1, name == 2, 2);
    other += row("t" + std::to_string(name), 9, name == 4, 2);
  }
  const auto ranked = [](const std::string& text) {
    const Cycles cycles = cycles_of(text);
    ReplayHistory history(cycles.names.size());
    Learner learner;
    learner.learn(history, cycles.cycles[0]);
    history.learn(cycles.cycles[0]);
    return by_score(learner.score(history, cycles.cycles[1]));
  };
  EXPECT_EQ(ranked(rows), ranked(other));
}

TEST(Evaluate, CountsSmallFailingCyclesForNapfdFailingAlone) {
  std::string rows = row("a", 1, 1, 1);
  for (int name = 0; name < 6; ++name) rows += row("t" + std::to_string(name), 1, name == 0, 2);
  const Evaluation evaluation = evaluate(cycles_of(rows), {});
  EXPECT_EQ(evaluation.evaluated, 1u);
  EXPECT_EQ(evaluation.cycles.size(), 2u);
}

TEST(Evaluate, RefusesARangeWithoutACycleToEvaluate) {
  EXPECT_THAT([] { evaluate(cycles_of(row("a", 1, 1, 1)), {.from_cycle = 5}); },
              ThrowsMessage<UsageError>(HasSubstr("cycles 5 to 1")));
}

TEST(Bootstrap, IsTheSameEachTimeAndHoldsTheMean) {
  const std::vector<double> differences = {0.1, 0.2, -0.05, 0.3, 0.15};
  const auto [low, high] = bootstrap_interval(differences);
  EXPECT_EQ(bootstrap_interval(differences), std::pair(low, high));
  EXPECT_LT(low, 0.14);
  EXPECT_GT(high, 0.14);
  EXPECT_GT(low, -0.05);
}

}  // namespace
}  // namespace noderig::risk
