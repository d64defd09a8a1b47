#include "seed.h"

#include <risk/business.h>
#include <risk/layers.h>

#include <gmock/gmock.h>

namespace noderig::risk {
namespace {

using testing::HasSubstr;

// The method's example of automatic evaluation: a purchase by credit card.
TestCase purchase() {
  TestCase test{.id = "C_17"};
  test.title = "Complete Purchase with Credit Card";
  test.preconditions = {"The user is on the checkout page and has valid credit card information."};
  test.steps = {{"Enter shipping information. Select \"Credit Card\" as the payment method.",
                 "A field to provide credit card information is displayed."},
                {"Click on the \"Complete Purchase\" button.",
                 "The user is redirected to the external payment page."},
                {"Double check card number and holder information.", "The process is finished."},
                {"Once the payment reservation is successful, the user is redirected.",
                 "The confirmation page is displayed, including a success message."},
                {"Check mailbox.", "A confirmation email has been sent to the user."}};
  return test;
}

Evidence evidence(const Register& tests) {
  return EvidenceReader().read(tests.tests.front());
}

LayerValue history_of(const std::string& runs, const Config& config = {}) {
  const Register tests = register_of(R"({"tests":[{"id":"t","runs":[)" + runs + "]}]}");
  return history_layer(tests.tests.front(), evidence(tests), config);
}

TEST(BusinessLayer, JudgesTheExampleAsPossibleAndSerious) {
  Register tests;
  tests.tests = {purchase()};
  const LayerValue layer = business_layer(tests.tests[0], project_of(tests, {}), {});
  EXPECT_EQ(layer.value, 233);
  EXPECT_THAT(layer.why, HasSubstr("possible (complexity 6"));
  EXPECT_THAT(layer.why, HasSubstr("serious (keyword"));
}

TEST(BusinessLayer, TakesOneParameterByHandAndTheOtherByItself) {
  Register tests;
  tests.tests = {purchase()};
  tests.tests[0].likelihood = {.source = Source::Manual, .step = 0};
  const LayerValue layer = business_layer(tests.tests[0], project_of(tests, {}), {});
  EXPECT_EQ(layer.value, 987);
}

TEST(BusinessLayer, IsUndefinedWithoutAnImpact) {
  Register tests;
  tests.tests = {purchase()};
  tests.tests[0].impact = {.source = Source::Manual};
  EXPECT_FALSE(business_layer(tests.tests[0], project_of(tests, {}), {}).value);
}

TEST(Likelihood, FollowsTheBounds) {
  const auto step = [](int complexity) { return automatic_likelihood(complexity, 100, {}).step; };
  EXPECT_EQ(step(49), 4u);
  EXPECT_EQ(step(50), 3u);
  EXPECT_EQ(step(79), 3u);
  EXPECT_EQ(step(80), 2u);
  EXPECT_EQ(step(125), 2u);
  EXPECT_EQ(step(126), 1u);
  EXPECT_EQ(step(200), 1u);
  EXPECT_EQ(step(201), 0u);
}

TEST(Likelihood, UsesTheMeanOfTheTwoInTheMiddle) {
  std::vector<TestCase> tests(4);
  for (int i = 0; i < 4; ++i) tests[static_cast<std::size_t>(i)].assertions = 3 - i * i;
  EXPECT_EQ(median_complexity(tests), 0.5);  // of -6, -1, 2, 3
}

TEST(Impact, FindsWholeWordsOnly) {
  TestCase test{.id = "t", .title = "capital orders"};
  EXPECT_FALSE(automatic_impact(test, register_keywords()).step);
  test.title = "the API.";
  EXPECT_EQ(automatic_impact(test, register_keywords()).step, 0u);
}

TEST(Impact, TakesTheLongestWordAtAPlace) {
  TestCase test{.id = "t", .title = "a credit card"};
  const std::map<std::string, int> words = {{"card", 10}, {"credit card", 3}};
  EXPECT_EQ(automatic_impact(test, words).step, 3u);
}

TEST(Impact, TakesTheHighestScore) {
  TestCase test{.id = "t", .title = "export and login"};
  EXPECT_EQ(automatic_impact(test, register_keywords()).step, 0u);
}

TEST(Keywords, AreTheExamplesForARegister) {
  EXPECT_EQ(register_keywords().at("credit card"), 9);
  EXPECT_EQ(register_keywords().at("e-mail"), 6);
  EXPECT_EQ(register_keywords().size(), 34u);
}

TEST(HistoryLayer, IsMediumForTheExample) {
  const LayerValue layer = history_of(
      R"({"time":"2026-12-06T00:00:00Z","build":"a","verdict":"passed"},
         {"time":"2026-12-13T00:00:00Z","build":"b","verdict":"failed",
          "defects":[{"id":"TMT-4675","weight":5}]})");
  EXPECT_EQ(layer.value, 89);
  EXPECT_THAT(layer.why, HasSubstr("failed 1 of 2 runs = 50 % (sometimes) x severity intense"));
}

TEST(HistoryLayer, IsMildWithoutADefect) {
  EXPECT_EQ(history_of(R"({"time":"2026-12-06T00:00:00Z","verdict":"failed"})").value, 13);
  EXPECT_EQ(history_of(R"({"time":"2026-12-06T00:00:00Z","verdict":"passed"})").value, 1);
}

TEST(HistoryLayer, TakesTheWorseOfTwoSeveritiesAsNear) {
  const LayerValue layer = history_of(R"({"time":"2026-12-06T00:00:00Z","verdict":"failed",
      "defects":[{"id":"a","weight":5},{"id":"b","weight":3}]})");
  EXPECT_EQ(layer.value, 610);  // a mean of 4 is intense
}

TEST(HistoryLayer, IsUndefinedWhenNeverRun) {
  EXPECT_FALSE(history_of("").value);
  EXPECT_FALSE(history_of(R"({"time":"2026-12-06T00:00:00Z","verdict":"skipped"})").value);
}

TEST(HistoryLayer, CountsFlakyFailuresApart) {
  const LayerValue layer = history_of(
      R"({"time":"2026-12-06T00:00:00Z","build":"a","verdict":"failed"},
         {"time":"2026-12-06T01:00:00Z","build":"a","verdict":"passed"})");
  EXPECT_EQ(layer.value, 1);
  EXPECT_THAT(layer.why, HasSubstr("failed 0 of 1 runs"));
  EXPECT_THAT(layer.why, HasSubstr("1 flaky"));
}

TEST(HistoryLayer, CountsAFailureThatPassesOnAnotherBuild) {
  const LayerValue layer = history_of(
      R"({"time":"2026-12-06T00:00:00Z","build":"a","verdict":"failed"},
         {"time":"2026-12-06T01:00:00Z","build":"b","verdict":"passed"})");
  EXPECT_EQ(layer.value, 3);
}

TEST(HistoryLayer, HasASecondSetOfBins) {
  Config config;
  config.failure_bins = kFineBins;
  const std::string failed = R"({"time":"2026-12-06T00:00:00Z","verdict":"failed"})";
  EXPECT_EQ(history_of(failed, config).row, 0u);
  EXPECT_EQ(history_of(R"({"time":"2026-12-06T00:00:00Z","verdict":"passed"})", config).row, 4u);
}

TEST(ScopeLayer, TakesTheValueOfTheLink) {
  TestCase test{.id = "t"};
  EXPECT_FALSE(scope_layer(test, {}).value);
  for (const auto& [kind, value] : std::map<std::string, int>{
           {"new", 377}, {"changed", 144}, {"adjacent", 21}, {"regression", 1}}) {
    test.scope = kind;
    EXPECT_EQ(scope_layer(test, {}).value, value);
  }
}

TEST(AllocationLayer, FallsWithExperienceAndFamiliarity) {
  TestCase test{.id = "t"};
  EXPECT_FALSE(allocation_layer(test, {}).value);
  test.experience = 1;
  test.familiarity = 1;
  EXPECT_EQ(allocation_layer(test, {}).value, 987);
  test.experience = 5;
  test.familiarity = 5;
  EXPECT_EQ(allocation_layer(test, {}).value, 1);
}

TEST(CoverageLayer, TakesTheMostOfWhatIsExecuted) {
  TestCase test{.id = "t"};
  EXPECT_FALSE(coverage_layer(test, {}).value);
  test.covers = {"unchanged", "modified"};
  EXPECT_EQ(coverage_layer(test, {}).value, 89);
}

TEST(Layers, AValueByHandStandsInsteadOfTheComputedOne) {
  Register tests;
  tests.tests = {purchase()};
  tests.tests[0].layers[0] = 21;
  tests.tests[0].set_by = "mq, 2026-11-01";
  const Layers layers = layers_of(tests.tests[0], {}, project_of(tests, {}), {});
  EXPECT_EQ(layers[0].value, 21);
  EXPECT_EQ(layers[0].why, "set by hand by mq, 2026-11-01");
  // What is likely and what it would do are known all the same, for the heatmap.
  const Layers computed = layers_of(purchase(), {}, project_of(tests, {}), {});
  EXPECT_TRUE(computed[0].row);
  EXPECT_EQ(layers[0].row, computed[0].row);
  EXPECT_EQ(layers[0].column, computed[0].column);
}

}  // namespace
}  // namespace noderig::risk
