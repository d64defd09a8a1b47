#include <impact/select/first_wave.h>

#include <gmock/gmock.h>
#include <random>
#include <set>

namespace noderig::impact {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

std::vector<std::size_t> first_of(const Waves& waves) {
  return {waves.order.begin(), waves.order.begin() + static_cast<std::ptrdiff_t>(waves.first)};
}

TEST(FirstWave, ReachesEachChangeOnce) {
  const Waves waves = in_waves({{.reaches = {1}}, {.reaches = {1, 2}}, {.reaches = {3}}});
  EXPECT_THAT(first_of(waves), UnorderedElementsAre(1, 2));
  EXPECT_EQ(waves.order.size(), 3U);
}

TEST(FirstWave, TakesTheMoreSpecificOfEquals) {
  const Waves waves = in_waves({{.reaches = {1}, .executed = 900},
                                {.reaches = {1}, .executed = 20, .seconds = 5},
                                {.reaches = {1}, .executed = 20, .seconds = 1}});
  EXPECT_THAT(first_of(waves), ElementsAre(2));
}

TEST(FirstWave, DropsWhatItsOthersMakeNeedless) {
  // Greed takes the first, then needs both others all the same.
  const Waves waves = in_waves({{.reaches = {2, 3, 4, 5}, .executed = 9},
                                {.reaches = {1, 2, 3}, .executed = 1},
                                {.reaches = {4, 5, 6}, .executed = 1}});
  EXPECT_THAT(first_of(waves), UnorderedElementsAre(1, 2));
}

TEST(FirstWave, IsFollowedByTheUncertainAndThenByWhatReachesTheRare) {
  const Waves waves = in_waves({{.reaches = {1}, .executed = 1},
                                {.reaches = {1}, .executed = 2, .seconds = 9},
                                {.reaches = {2}, .executed = 1},
                                {.reaches = {1}, .executed = 2, .seconds = 3},
                                {.reaches = {2}, .executed = 2, .seconds = 20},
                                {.uncertain = true}});
  EXPECT_THAT(first_of(waves), UnorderedElementsAre(0, 2));
  EXPECT_THAT(std::vector(waves.order.begin() + 2, waves.order.end()), ElementsAre(5, 4, 3, 1));
}

TEST(FirstWave, OfAnythingReachesAllAndNeedsEachOfItsTests) {
  std::mt19937 random(3);
  for (int round = 0; round < 100; ++round) {
    std::vector<Candidate> candidates(1 + random() % 20);
    std::set<std::size_t> all;
    for (Candidate& one : candidates) {
      std::set<std::size_t> reaches;
      for (auto left = random() % 6; left > 0; --left) reaches.insert(random() % 15);
      one = {.reaches = {reaches.begin(), reaches.end()}, .executed = random() % 50};
      all.merge(reaches);
      all.insert(one.reaches.begin(), one.reaches.end());
    }
    const Waves waves = in_waves(candidates);
    EXPECT_EQ(std::set(waves.order.begin(), waves.order.end()).size(), candidates.size());
    const auto reached_without = [&](std::size_t left_out) {
      std::set<std::size_t> reached;
      for (const std::size_t i : first_of(waves)) {
        if (i != left_out)
          reached.insert(candidates[i].reaches.begin(), candidates[i].reaches.end());
      }
      return reached;
    };
    EXPECT_EQ(reached_without(candidates.size()), all);
    for (const std::size_t i : first_of(waves)) EXPECT_NE(reached_without(i), all);
  }
}

}  // namespace
}  // namespace noderig::impact
