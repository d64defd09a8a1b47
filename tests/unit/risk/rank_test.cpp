#include "seed.h"

#include <risk/rank.h>

#include <gmock/gmock.h>

namespace noderig::risk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> ids(const Register& tests, const Ranking& ranking) {
  std::vector<std::string> ids;
  for (const Ranked& one : ranking.tests) ids.push_back(tests.tests[one.test].id);
  return ids;
}

TEST(Rank, ReproducesTheSixteenRows) {
  const Register tests = seed_register();
  const Ranking ranking = rank(tests, {}, Aggregate::Numeric);
  std::vector<int> values;
  for (const Ranked& one : ranking.tests) values.push_back(one.overall().value_or(-1));
  EXPECT_THAT(values,
              ElementsAre(658, 377, 252, 189, 144, 96, 60, 50, 34, 28, 28, 18, 12, 7, 2, -1));
  EXPECT_THAT(ids(tests, ranking),
              ElementsAre("C_1", "C_34", "C_3", "C_17", "C_2", "C_11", "C_13", "C_8", "C_4", "C_25",
                          "C_20", "C_16", "C_15", "C_19", "C_18", "C_6"));
}

TEST(Rank, OrdersByTheUnroundedValue) {
  // 28 before 27.5, which shows as 28 too.
  const Register tests = seed_register();
  const Ranking ranking = rank(tests, {}, Aggregate::Numeric);
  EXPECT_EQ(ranking.tests[9].exact, 28);
  EXPECT_EQ(ranking.tests[10].exact, 27.5);
}

TEST(Rank, TellsLevelsAsTheExampleDoes) {
  const Register tests = seed_register();
  const Ranking ranking = rank(tests, {}, Aggregate::Numeric);
  EXPECT_EQ(ranking.tests[4].level(), Level::High);
  EXPECT_EQ(ranking.tests[5].level(), Level::Medium);
  EXPECT_EQ(ranking.tests[12].level(), Level::Medium);
  EXPECT_EQ(ranking.tests[13].level(), Level::Low);
  EXPECT_EQ(ranking.tests[15].level(), Level::Undefined);
}

TEST(Rank, TakesTheHighestLayerWhenAsked) {
  const Register tests = seed_register();
  const Ranking ranking = rank(tests, {}, Aggregate::Highest);
  EXPECT_EQ(ranking.tests[0].exact, 987);
  EXPECT_THAT(ids(tests, ranking)[1], "C_17");  // 377 like two others, first in the register
}

TEST(Rank, TakesBusinessLogicAloneInTheClassicMethod) {
  const Register tests = seed_register();
  const Ranking ranking = rank(tests, {}, Aggregate::Classic);
  EXPECT_EQ(ranking.tests[0].exact, 610);
  EXPECT_EQ(ids(tests, ranking).back(), "C_6");
}

TEST(Rank, BreaksTiesByProbability) {
  const Register tests = register_of(R"({"schema":1,"tests":[
    {"id":"quiet","layers":{"business":55},"runs":[
      {"time":"2026-01-01T00:00:00Z","verdict":"passed"},
      {"time":"2026-01-02T00:00:00Z","verdict":"passed"},
      {"time":"2026-01-03T00:00:00Z","verdict":"passed"},
      {"time":"2026-01-04T00:00:00Z","verdict":"passed"},
      {"time":"2026-01-05T00:00:00Z","verdict":"passed"},
      {"time":"2026-01-06T00:00:00Z","verdict":"passed"}]},
    {"id":"failing","layers":{"business":55},"runs":[
      {"time":"2026-01-01T00:00:00Z","verdict":"passed"},
      {"time":"2026-01-02T00:00:00Z","verdict":"passed"},
      {"time":"2026-01-03T00:00:00Z","verdict":"passed"},
      {"time":"2026-01-04T00:00:00Z","verdict":"passed"},
      {"time":"2026-01-05T00:00:00Z","verdict":"passed"},
      {"time":"2026-01-06T00:00:00Z","verdict":"failed"}]}]})");
  const Ranking ranking = rank(tests, {}, Aggregate::Numeric);
  EXPECT_EQ(ranking.tests[0].exact, ranking.tests[1].exact);
  EXPECT_THAT(ids(tests, ranking), ElementsAre("failing", "quiet"));
}

TEST(Rank, OfManyTestsIsThatOfEachAlone) {
  // Enough for several threads; each test has failed in its own share of runs.
  Register tests{.builds = {"", "b1", "b2", "b3"}};
  for (int i = 0; i < 2'500; ++i) {
    TestCase test{.id = std::to_string(i)};
    for (int run = 0; run < 6; ++run) {
      test.runs.push_back(
          {.time = run,
           .build = static_cast<std::uint32_t>(run % 4),
           .verdict = (i + run) % 7 < i % 5 ? RunVerdict::Failed : RunVerdict::Passed});
    }
    tests.tests.push_back(test);
  }
  const Ranking ranking = rank(tests, {}, Aggregate::Numeric);
  ASSERT_EQ(ranking.tests.size(), tests.tests.size());
  std::set<std::size_t> seen;
  for (const Ranked& one : ranking.tests) {
    const Evidence alone = EvidenceReader().read(tests.tests[one.test]);
    EXPECT_EQ(one.probability, probability(alone, ranking.rates, {}, {}));
    EXPECT_EQ(one.layers[1].value, history_layer(tests.tests[one.test], alone, {}).value);
    seen.insert(one.test);
  }
  EXPECT_EQ(seen.size(), tests.tests.size());
}

TEST(Rank, SaysThatThereIsNoHistory) {
  Register tests = seed_register();
  EXPECT_THAT(tests.notes, testing::IsEmpty());  // it gives the layer's values
  for (TestCase& test : tests.tests) test.layers[static_cast<std::size_t>(Layer::History)] = {};
  finish(tests);
  EXPECT_THAT(tests.notes, ElementsAre(HasSubstr("no history")));
}

TEST(Rank, WritesUndefinedAsNull) {
  const Register tests = seed_register();
  const auto json = to_json(rank(tests, {}, Aggregate::Numeric), tests);
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["tests"][0]["overall"], 658);
  EXPECT_EQ(json["tests"][0]["layers"]["history"], 987);
  EXPECT_TRUE(json["tests"][15]["overall"].is_null());
  EXPECT_EQ(json["tests"][15]["level"], "undefined");
}

}  // namespace
}  // namespace noderig::risk
