#include <noderig/framework/runner/timeouts.h>

#include <gmock/gmock.h>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(TimeLimit, IsWhatTheAuthorDeclaresWithoutAPast) {
  const TimeLimit limit = time_limit(120s, {}, {});
  EXPECT_EQ(limit.whole, 120s);
  EXPECT_EQ(limit.wait_factor, 1);
  EXPECT_EQ(limit.basis, "the 120 s it declares");
  // Two runs say too little.
  EXPECT_EQ(time_limit(120s, PastTimes{.runs = 2, .median = 50, .high = 60}, {}).whole, 120s);
}

TEST(TimeLimit, LeavesASingleWaitTheTimeToFailWithoutAPast) {
  const TimeLimit limit = time_limit(10s, {}, {});
  EXPECT_GT(limit.whole, 60s);  // what waits have that name no bound
  EXPECT_EQ(limit.basis, "the least, 75 s: it declares 10 s");
}

TEST(TimeLimit, IsAMultipleOfWhatItTook) {
  const TimeLimit limit = time_limit(900s, PastTimes{.runs = 3, .median = 50, .high = 60}, {});
  EXPECT_EQ(limit.whole, 480s);
  EXPECT_EQ(limit.basis, "8 times the 60.0 s it took before");
  // Also above what its author thought.
  EXPECT_EQ(time_limit(60s, PastTimes{.runs = 9, .median = 50, .high = 60}, {}).whole, 480s);
}

TEST(TimeLimit, LeavesASingleWaitTheTimeToFail) {
  const TimeLimit limit = time_limit(120s, PastTimes{.runs = 9, .median = 1, .high = 1.5}, {});
  EXPECT_GT(limit.whole, 60s);  // what waits have that name no bound
  EXPECT_LT(limit.whole, 120s);
  EXPECT_THAT(limit.basis, HasSubstr("it took 1.5 s before"));
}

TEST(TimeLimit, GrowsWithSlownessCrowdingAndTheFactorAskedFor) {
  const TimeLimit limit = time_limit(100s, {}, {.slowness = 1.5, .crowding = 4, .asked = 2});
  EXPECT_EQ(limit.whole, 1200s);
  EXPECT_EQ(limit.wait_factor, 12);
  EXPECT_EQ(limit.basis,
            "the 100 s it declares, times 12; machine 1.5; jobs and load a core 4; "
            "--timeout-factor 2");
}

TEST(TimeLimit, IsNoShorterOnAFastMachine) {
  EXPECT_EQ(time_limit(100s, {}, {.slowness = 0.5}).whole, 100s);
}

// A crowded machine measures as a slow one, too.
TEST(TimeLimit, CountsSlownessAndCrowdingAtMostTenTimes) {
  const TimeLimit limit = time_limit(100s, {}, {.slowness = 7.9, .crowding = 10.5, .asked = 2});
  EXPECT_EQ(limit.whole, 2000s);
  EXPECT_EQ(limit.wait_factor, 20);
  EXPECT_THAT(limit.basis, HasSubstr("jobs and load a core 10; both together at most 10;"));
}

// Earlier runs may have been crowded, too.
TEST(TimeLimit, IsBoundedByWhatIsDeclaredWhateverItTookBefore) {
  const PastTimes past{.runs = 9, .median = 100, .high = 300};
  const TimeLimit limit = time_limit(100s, past, {.crowding = 3});
  EXPECT_EQ(limit.whole, 1000s);
  EXPECT_EQ(limit.wait_factor, 3);
  EXPECT_THAT(limit.basis, HasSubstr("no more than 1000 s, for the 100 s it declares"));
  EXPECT_EQ(time_limit(100s, past, {.crowding = 3, .asked = 2}).whole, 2000s);
}

TEST(LatestEnd, IsAfterEveryTimeLimitAndTheGraceThatFollows) {
  for (const auto declared : {1s, 60s, 120s, 900s}) {
    for (const double high : {0.1, 60.0, 1e4}) {
      for (const double pace : {1.0, 4.0, 1e3}) {
        const TimeLimit limit =
            time_limit(declared, PastTimes{.runs = 9, .median = high, .high = high},
                       {.slowness = pace, .crowding = pace});
        EXPECT_GT(latest_end(declared), limit.whole + kGrace * limit.wait_factor);
        EXPECT_LT(latest_end(declared), declared * 10 + 20min);
      }
    }
  }
}

TEST(Crowding, IsWhatJobsOrOthersWantOfEachCore) {
  EXPECT_EQ(crowding(1, 2, 0), 1);
  EXPECT_EQ(crowding(8, 2, 0), 4);
  EXPECT_EQ(crowding(1, 2, 3), 3);
}

TEST(ExpectedSeconds, AreTheMedianElseAShareOfTheTimeout) {
  EXPECT_EQ(expected_seconds(60s, PastTimes{.runs = 1, .median = 7, .high = 9}), 7);
  EXPECT_LT(expected_seconds(60s, {}), 60);
  EXPECT_GT(expected_seconds(120s, {}), expected_seconds(60s, {}));
}

}  // namespace
}  // namespace noderig
