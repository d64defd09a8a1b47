#include "seed.h"

#include <risk/decision.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

namespace noderig::risk {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;
using testing::Optional;
using testing::ThrowsMessage;

constexpr double kRounding = 1e-12;

// The method's example: three experts and joint probabilities.
Register example(const std::string& more = "") {
  return register_of(R"({"tests":[{"id":"a","opinions":[{"expert":"e1","z":0.5},
      {"expert":"e2","z":0.6},{"expert":"e3","z":0.7}],
      "joint":{"p00":0.3,"p01":0.2,"p10":0.3,"p11":0.2},"prior":0.4)" +
                     more + "}]}");
}

Register runs(int failed, int passed) {
  std::string list;
  for (int i = 0; i < failed + passed; ++i) {
    list += std::string(i == 0 ? "" : ",") + R"({"time":"2026-01-01T00:00:00Z","verdict":")" +
            (i < failed ? "failed" : "passed") + "\"}";
  }
  return register_of(R"({"tests":[{"id":"a","runs":[)" + list + "]}]}");
}

constexpr ProbabilityModel kNoDecay = {.strength = 2, .decay = 1};

TEST(JointDecision, ReproducesTheExample) {
  const Decision decision = decide(example(), {}).at(0);
  EXPECT_TRUE(decision.joint);
  EXPECT_THAT(decision.opinion, Optional(DoubleNear(0.6, kRounding)));
  EXPECT_THAT(decision.lambda, Optional(DoubleNear(0.2, kRounding)));
  EXPECT_NEAR(decision.r0, 4, kRounding);
  EXPECT_NEAR(decision.r1, 1.6, kRounding);
  EXPECT_NEAR(decision.dr(), 2.4, kRounding);
  EXPECT_TRUE(decision.run);
}

TEST(JointDecision, SkipsBelowLambda) {
  const Decision decision =
      decide(example(R"(,"costs":{"c00":0,"c01":20,"c10":8,"c11":5})"), {})[0];
  EXPECT_THAT(decision.lambda, Optional(DoubleNear(0.8, kRounding)));
  EXPECT_FALSE(decision.run);
}

TEST(ConditionalDecision, SkipsOneFailureOfTen) {
  const Decision decision = decide(runs(1, 9), {.model = kNoDecay, .rate = 0.02}).at(0);
  EXPECT_FALSE(decision.joint);
  EXPECT_NEAR(decision.p, 0.0867, 0.00005);
  EXPECT_NEAR(decision.dr(), -0.527, 0.0005);
  EXPECT_FALSE(decision.run);
}

TEST(ConditionalDecision, RunsTwoFailuresOfTen) {
  const Decision decision = decide(runs(2, 8), {.model = kNoDecay, .rate = 0.02}).at(0);
  EXPECT_NEAR(decision.p, 0.17, kRounding);
  EXPECT_NEAR(decision.dr(), 0.89, kRounding);
  EXPECT_TRUE(decision.run);
}

TEST(ConditionalDecision, RunsExactlyWhereTheRatioReachesLambda) {
  for (const double p : {0.01, 0.1, 0.117, 0.118, 0.5}) {
    const Decision decision = decide_conditional(p, 0.05, {});
    EXPECT_EQ(decision.run, *decision.likelihood_ratio >= *decision.lambda) << p;
    EXPECT_EQ(decision.run, decision.dr() >= 0) << p;
  }
}

TEST(ConditionalDecision, SkipsWithoutDividingWhereNoDefectIsPossible) {
  const Decision decision = decide(runs(1, 9), {.rate = 0}).at(0);
  EXPECT_FALSE(decision.run);
  EXPECT_FALSE(decision.lambda);
  EXPECT_FALSE(decision.likelihood_ratio);
  EXPECT_EQ(decision.p, 0);
}

TEST(ConditionalDecision, TakesExpertsAsPseudoCounts) {
  const Register tests =
      register_of(R"({"tests":[{"id":"a","prior":0.1,"opinions":[{"expert":"e","z":1}]}]})");
  const Decision decision = decide(tests, {}).at(0);
  EXPECT_NEAR(decision.p, (2 * 0.1 + 1 - std::exp(-1)) / 3, kRounding);
}

TEST(MeasuredCosts, ComeFromDurationTriageAndSeverity) {
  Register tests = register_of(R"({"tests":[
      {"id":"defects","runs":[{"time":"2026-01-01T00:00:00Z","verdict":"failed","seconds":30,
        "defects":[{"id":"d1","weight":8},{"id":"d2","weight":2}]}]},
      {"id":"impact","impact":"major","runs":[{"time":"2026-01-01T00:00:00Z","verdict":"passed",
        "seconds":10}]},
      {"id":"nothing"},
      {"id":"own","costs":{"c00":0,"c01":9,"c10":1,"c11":2}}]})");
  const auto decisions = decide(tests, {.measured = CostModel{.triage = 100, .escape = 1000}});
  EXPECT_EQ(decisions[0].costs.c00, 0);
  EXPECT_EQ(decisions[0].costs.c01, 100 + 5 * 1000);  // the mean of 8 and 2
  EXPECT_EQ(decisions[0].costs.c10, 30);
  EXPECT_EQ(decisions[0].costs.c11, 130);
  EXPECT_EQ(decisions[1].costs.c01, 100 + 5 * 1000);  // major
  EXPECT_EQ(decisions[1].costs.c10, 10);
  EXPECT_EQ(decisions[2].costs.c01, 100 + 1 * 1000);  // mild
  EXPECT_EQ(decisions[2].costs.c10, 30);              // the median of the others
  EXPECT_EQ(decisions[3].costs.c01, 9);
}

TEST(MeasuredCosts, SkipWhatTakesLongerThanADefectWouldCost) {
  Register tests = register_of(R"({"tests":[{"id":"a","runs":[{"time":"2026-01-01T00:00:00Z",
      "verdict":"failed","seconds":5000}]}]})");
  const Decision decision = decide(tests, {.measured = CostModel{}}).at(0);
  EXPECT_FALSE(decision.run);
  EXPECT_EQ(decision.lambda, std::nullopt);
  EXPECT_LT(decision.dr(), 0);
}

TEST(Probability, NeverRunGetsTheFirstRunFailureRate) {
  const Register tests = register_of(R"({"tests":[{"id":"new"},
      {"id":"a","runs":[{"time":"2026-01-01T00:00:00Z","verdict":"failed"},
                        {"time":"2026-01-02T00:00:00Z","verdict":"passed"}]},
      {"id":"b","runs":[{"time":"2026-01-01T00:00:00Z","verdict":"passed"}]}]})");
  const Ranking ranking = rank(tests, {}, Aggregate::Numeric);
  EXPECT_EQ(ranking.tests.back().test, 0u);
  EXPECT_NEAR(ranking.tests.back().probability, 1.5 / 3, kRounding);
  EXPECT_NEAR(ranking.rates.failure(), 1.5 / 4, kRounding);
}

TEST(Experts, AreNormalisedToTheMeanOfAll) {
  const Register tests = register_of(R"({"tests":[
      {"id":"a","opinions":[{"expert":"cautious","z":4},{"expert":"calm","z":1}]},
      {"id":"b","opinions":[{"expert":"cautious","z":2},{"expert":"calm","z":1}]}]})");
  const auto opinions = normalised_opinions(tests.tests);
  EXPECT_NEAR(opinions[0][0], 4 * 2.0 / 3, kRounding);  // all 2, cautious 3, calm 1
  EXPECT_NEAR(opinions[0][1], 2, kRounding);
  EXPECT_NEAR(opinions[1][0], 2 * 2.0 / 3, kRounding);
}

TEST(Experts, WhoExpectNothingStayAsTheyAre) {
  const Register tests = register_of(
      R"({"tests":[{"id":"a","opinions":[{"expert":"e","z":0},{"expert":"f","z":1}]}]})");
  EXPECT_EQ(normalised_opinions(tests.tests)[0][0], 0);
}

TEST(Decision, RefusesCostsAndProbabilitiesThatCannotBe) {
  EXPECT_THAT(
      [] {
        decide(runs(1, 1), {.costs = Costs{0, 5, 2, 5}});
      },
      ThrowsMessage<UsageError>(HasSubstr("C01 5 is not above C11 5")));
  EXPECT_THAT([] { decide(runs(1, 1), {.rate = 1.5}); },
              ThrowsMessage<UsageError>(HasSubstr("1.5, no probability")));
}

}  // namespace
}  // namespace noderig::risk
