#include <gmock/gmock.h>
#include <noderig/framework/history/exchange/shards.h>

#include "support.h"

namespace noderig {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A shard of a run of four tests.
RecordedRun shard(const std::string& run, int index, const std::string& division,
                  const std::vector<std::string>& own, int count = 2) {
  ShardOfRun part{.index = index, .count = count, .division = division, .own = own};
  for (const char* test : {"a on knots", "b on knots", "c on knots", "d on knots"}) {
    if (std::ranges::find(own, test) == own.end()) part.others.emplace_back(test);
  }
  RecordedRun result = some_run(run);
  result.shard = part;
  return result;
}

TEST(LostBetweenShards, IsNothingWhereTheyAgree) {
  EXPECT_THAT(
      lost_between_shards({shard("r1", 1, "aa", {"a on knots", "c on knots"}),
                           shard("r2", 2, "aa", {"b on knots", "d on knots"}), some_run("whole")}),
      IsEmpty());
}

TEST(LostBetweenShards, IsWhatEachLeftToTheOther) {
  EXPECT_THAT(
      lost_between_shards({shard("r1", 1, "aa", {"a on knots", "c on knots"}),
                           shard("r2", 2, "bb", {"a on knots", "d on knots"})}),
      ElementsAre(AllOf(
          HasSubstr("r1 (shard 1 of 2, division aa)"), HasSubstr("r2 (shard 2 of 2, division bb)"),
          HasSubstr("none of them had b on knots"), Not(HasSubstr("had c on knots")))));
}

TEST(LostBetweenShards, IsNothingWhereTheyDifferAndHaveItAllByLuck) {
  EXPECT_THAT(
      lost_between_shards({shard("r1", 1, "aa", {"a on knots", "c on knots"}),
                           shard("r2", 2, "bb", {"a on knots", "b on knots", "d on knots"})}),
      IsEmpty());
}

TEST(LostBetweenShards, IsNotWhatAShardHasThatIsNotThere) {
  EXPECT_THAT(lost_between_shards({shard("r1", 1, "aa", {"a on knots"})}), IsEmpty());
  EXPECT_THAT(lost_between_shards({shard("r1", 1, "aa", {"a on knots"}, 3),
                                   shard("r2", 2, "bb", {"b on knots"}, 3)}),
              IsEmpty());
}

TEST(LostBetweenShards, IsToldApartForEachRevisionAndForRunsThatAreWhole) {
  RecordedRun other = shard("r2", 2, "bb", {"a on knots", "d on knots"});
  other.revision = "def";
  EXPECT_THAT(lost_between_shards({shard("r1", 1, "aa", {"a on knots", "c on knots"}), other}),
              IsEmpty());
  // Those of yesterday, which agreed, do not stand in for those of today, which do not.
  EXPECT_THAT(lost_between_shards({shard("y1", 1, "yy", {"a on knots", "b on knots"}),
                                   shard("y2", 2, "yy", {"c on knots", "d on knots"}),
                                   shard("r1", 1, "aa", {"a on knots", "c on knots"}),
                                   shard("r2", 2, "bb", {"a on knots", "d on knots"})}),
              ElementsAre(AllOf(HasSubstr("had b on knots"), Not(HasSubstr("y1")))));
}

}  // namespace
}  // namespace noderig
