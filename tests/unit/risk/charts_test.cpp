#include "seed.h"

#include <risk/burndown.h>
#include <risk/characteristic.h>
#include <risk/heatmap.h>

#include <gmock/gmock.h>

namespace noderig::risk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// The method's own heatmap of 599 tests; 0 where it shows "-".
constexpr std::array<std::array<int, kSteps>, kSteps> kCounts = {{{0, 5, 3, 0, 6},
                                                                  {2, 14, 21, 24, 38},
                                                                  {0, 8, 13, 104, 59},
                                                                  {1, 10, 34, 58, 84},
                                                                  {3, 7, 20, 42, 43}}};

Register register_with(const std::array<std::array<int, kSteps>, kSteps>& counts) {
  Register tests;
  for (std::size_t row = 0; row < kSteps; ++row) {
    for (std::size_t column = 0; column < kSteps; ++column) {
      for (int i = 0; i < counts[row][column]; ++i) {
        TestCase test{.id = "t" + std::to_string(tests.tests.size())};
        test.likelihood = {.source = Source::Manual, .step = row};
        test.impact = {.source = Source::Manual, .step = column};
        tests.tests.push_back(test);
      }
    }
  }
  return tests;
}

std::vector<int> remaining(const Burndown& burndown) {
  std::vector<int> all;
  for (const BurndownPoint& point : burndown.points()) all.push_back(point.remaining());
  return all;
}

TEST(Heatmap, CountsTheMethodsTests) {
  const Register tests = register_with(kCounts);
  const Heatmap heatmap = heatmap_of(rank(tests, {}, Aggregate::Classic));
  EXPECT_EQ(heatmap.count(), 599u);
  std::array<std::array<int, kSteps>, kSteps> counts{};
  for (std::size_t row = 0; row < kSteps; ++row) {
    for (std::size_t column = 0; column < kSteps; ++column) {
      counts[row][column] = static_cast<int>(heatmap.cells[row][column].size());
    }
  }
  EXPECT_EQ(counts_text(counts),
            "- 5 3 - 6\n2 14 21 24 38\n- 8 13 104 59\n1 10 34 58 84\n3 7 20 42 43\n");
}

TEST(Heatmap, NamesTheTestsBehindACell) {
  Register tests = register_with({{{0, 0, 0, 0, 0}, {0, 1, 0, 0, 0}, {}, {}, {}}});
  tests.tests[0].id = "<hot>";
  const Ranking ranking = rank(tests, {}, Aggregate::Numeric);
  const Heatmap heatmap = heatmap_of(ranking);
  EXPECT_THAT(heatmap_text(heatmap, ranking, tests, false), HasSubstr("likely x major: <hot>\n"));
  EXPECT_THAT(heatmap_html(heatmap, ranking, tests), HasSubstr("&lt;hot&gt;"));
  EXPECT_THAT(heatmap_html(heatmap, ranking, tests), Not(HasSubstr("<hot>")));
}

TEST(Heatmap, TakesItsLevelsFromTheConfiguredMatrix) {
  const Register tests = register_with({{{}, {}, {}, {}, {0, 0, 0, 0, 1}}});
  Config config;
  config.business.cells = {{{987, 987, 987, 987, 987},
                            {987, 987, 987, 987, 987},
                            {987, 987, 987, 987, 987},
                            {987, 987, 987, 987, 987},
                            {987, 987, 987, 987, 987}}};
  const Ranking ranking = rank(tests, config, Aggregate::Numeric);
  const Heatmap heatmap = heatmap_of(ranking);
  EXPECT_EQ(to_json(heatmap, ranking, tests)["cells"].back()["level"], "high");
  EXPECT_THAT(heatmap_text(heatmap, ranking, tests, false), Not(HasSubstr("low")));
  EXPECT_THAT(heatmap_html(heatmap, ranking, tests), Not(HasSubstr("<td class=\"low\">")));
}

TEST(Heatmap, ShowsUndefinedAsAWordToo) {
  const Register tests = seed_register();
  const Ranking ranking = rank(tests, {}, Aggregate::Numeric);
  EXPECT_THAT(heatmap_html(heatmap_of(ranking), ranking, tests),
              HasSubstr("<td class=\"undefined\">Undefined</td>"));
}

TEST(Burndown, FollowsFromTheSixteenRows) {
  const Register tests = seed_register();
  const Burndown burndown = planned_burndown(rank(tests, {}, Aggregate::Numeric), tests);
  EXPECT_THAT(remaining(burndown),
              ElementsAre(1955, 1297, 920, 668, 479, 335, 239, 179, 129, 95, 67, 39, 21, 9, 2, 0));
}

TEST(Burndown, KeepsTheRiskOfAFailureAndOfASkippedTest) {
  Burndown burndown;
  burndown.add("a", 144);
  burndown.add("b", 21);
  burndown.add("c", 5);
  burndown.begin();
  burndown.ended("a", RunVerdict::Failed, 1);
  burndown.ended("b", RunVerdict::Passed, 2);
  burndown.ended("c", RunVerdict::Skipped, 3);
  EXPECT_THAT(remaining(burndown), ElementsAre(170, 170, 149, 149));
  EXPECT_EQ(burndown.points().back().high, 144);
  EXPECT_EQ(burndown.points().back().low, 5);
}

TEST(Burndown, RisesWithScopeThatIsAdded) {
  Burndown burndown;
  burndown.add("a", 144);
  burndown.begin();
  burndown.ended("a", RunVerdict::Passed, 1);
  burndown.add("b", 21, 2);
  EXPECT_THAT(remaining(burndown), ElementsAre(144, 0, 21));
}

TEST(Burndown, TakesAPassBackWhenTheTestFailsLater) {
  Burndown burndown;
  burndown.add("a", 144);
  burndown.add("b", 21);
  burndown.begin();
  burndown.ended("a", RunVerdict::Passed, 1);
  burndown.ended("a", RunVerdict::Failed, 2);
  burndown.ended("unknown", RunVerdict::Failed, 3);
  EXPECT_THAT(remaining(burndown), ElementsAre(165, 21, 165, 165));
}

TEST(Burndown, TellsLevelsWithoutColour) {
  const Register tests = seed_register();
  const std::string text =
      burndown_text(planned_burndown(rank(tests, {}, Aggregate::Numeric), tests), false);
  EXPECT_THAT(text, HasSubstr("     1955  ####"));
  EXPECT_THAT(text, HasSubstr(" C_1 passed\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(Characteristic, SweepsFromNothingToAll) {
  const Characteristic result = characteristic_of(
      {{0.9, true}, {0.5, false}, {0.5, true}, {0.1, false}}, {{"late", {0, 20, 2, 5}}});
  ASSERT_EQ(result.empirical.size(), 4u);  // one point for both of 0.5
  EXPECT_EQ(result.empirical[0].detected, 0);
  EXPECT_EQ(result.empirical[1].detected, 0.5);
  EXPECT_EQ(result.empirical[1].false_runs, 0);
  EXPECT_EQ(result.empirical[2].detected, 1);
  EXPECT_EQ(result.empirical[2].false_runs, 0.5);
  EXPECT_EQ(result.empirical[3].false_runs, 1);
}

TEST(Characteristic, PutsAPhaseWhereItsCostsLead) {
  const Characteristic result =
      characteristic_of({{0.9, true}, {0.5, false}, {0.1, true}}, {{"late", {0, 20, 2, 5}}});
  const OperatingPoint& late = result.phases.at("late");
  EXPECT_NEAR(late.threshold, 2.0 / 17, 1e-12);  // p/(1 - p) = 2/15
  EXPECT_EQ(late.detected, 0.5);
  EXPECT_EQ(late.false_runs, 1);
}

}  // namespace
}  // namespace noderig::risk
