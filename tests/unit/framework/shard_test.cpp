#include <noderig/framework/runner/shard.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

namespace noderig {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

Environment with(const std::map<std::string, std::string>& variables) {
  return [variables](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

TEST(ChooseShard, ReadsTheOption) {
  EXPECT_EQ(choose_shard("2/5", with({})), (Shard{2, 5, "--shard"}));
  EXPECT_EQ(choose_shard("", with({})), std::nullopt);
}

TEST(ChooseShard, RefusesWhatIsNoShard) {
  for (const char* option :
       {"0/5", "6/5", "1/0", "-1/5", "2", "2/", "/5", "a/b", "2/5x", "1/5/2"}) {
    EXPECT_THAT([&] { choose_shard(option, with({})); },
                ThrowsMessage<UsageError>(HasSubstr(option)))
        << option;
  }
}

TEST(ChooseShard, ReadsTheVariablesOfTestRunners) {
  EXPECT_EQ(choose_shard("", with({{"TEST_SHARD_INDEX", "0"}, {"TEST_TOTAL_SHARDS", "3"}})),
            (Shard{1, 3, "TEST_SHARD_INDEX"}));
  EXPECT_EQ(choose_shard("", with({{"TEST_SHARD_INDEX", "2"}, {"TEST_TOTAL_SHARDS", "3"}})),
            (Shard{3, 3, "TEST_SHARD_INDEX"}));
}

TEST(ChooseShard, ReadsTheVariablesOfContinuousIntegration) {
  EXPECT_EQ(choose_shard("", with({{"CI_NODE_INDEX", "3"}, {"CI_NODE_TOTAL", "3"}})),
            (Shard{3, 3, "CI_NODE_INDEX"}));
  EXPECT_EQ(choose_shard("", with({{"CI_NODE_TOTAL", "1"}})), std::nullopt);
  EXPECT_EQ(choose_shard("", with({{"CI_NODE_INDEX", ""}, {"CI_NODE_TOTAL", ""}})), std::nullopt);
}

TEST(ChooseShard, OptionComesBeforeTestRunnersBeforeContinuousIntegration) {
  const auto both = with({{"TEST_SHARD_INDEX", "0"},
                          {"TEST_TOTAL_SHARDS", "2"},
                          {"CI_NODE_INDEX", "3"},
                          {"CI_NODE_TOTAL", "3"}});
  EXPECT_EQ(choose_shard("4/4", both)->from, "--shard");
  EXPECT_EQ(choose_shard("", both)->from, "TEST_SHARD_INDEX");
}

TEST(ChooseShard, NamesTheVariableThatIsWrong) {
  EXPECT_THAT(
      [] {
        choose_shard("", with({{"TEST_SHARD_INDEX", "3"}, {"TEST_TOTAL_SHARDS", "3"}}));
      },
      ThrowsMessage<UsageError>(HasSubstr("TEST_SHARD_INDEX=3 with TEST_TOTAL_SHARDS=3")));
  EXPECT_THAT(
      [] {
        choose_shard("", with({{"CI_NODE_INDEX", "0"}, {"CI_NODE_TOTAL", "3"}}));
      },
      ThrowsMessage<UsageError>(HasSubstr("CI_NODE_INDEX=0")));
  // Or each of several machines would run everything.
  EXPECT_THAT(
      [] {
        choose_shard("", with({{"TEST_SHARD_INDEX", "0"}}));
      },
      ThrowsMessage<UsageError>(HasSubstr("TEST_SHARD_INDEX=0 without TEST_TOTAL_SHARDS")));
}

std::vector<ShardItem> some_items() {
  return {{"a", 10}, {"b", 60}, {"c", 30}, {"d", 20}, {"e", 1}, {"f", 1}};
}

TEST(Divide, GivesEachItemOnceAndAboutEqualTimes) {
  const auto items = some_items();
  std::vector<std::size_t> all;
  for (const auto& chosen : divide(items, 2).shards) {
    double seconds = 0;
    for (const std::size_t item : chosen) seconds += items[item].seconds;
    EXPECT_NEAR(seconds, 61, 1);
    EXPECT_TRUE(std::ranges::is_sorted(chosen)) << "the plan's order stays";
    all.insert(all.end(), chosen.begin(), chosen.end());
  }
  std::ranges::sort(all);
  EXPECT_THAT(all, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Divide, IsTheSameInWhateverOrderAMachineListsItems) {
  const auto names = [](const std::vector<ShardItem>& items) {
    const Division division = divide(items, 3);
    std::vector<std::string> chosen = {division.name};
    for (const std::size_t item : division.shards.at(1)) chosen.push_back(items[item].id);
    std::ranges::sort(chosen);
    return chosen;
  };
  auto items = some_items();
  for (ShardItem& item : items) item.seconds = item.seconds > 10 ? 5 : 1;  // ties
  const auto expected = names(items);
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::ranges::shuffle(items, std::mt19937(seed));
    EXPECT_EQ(names(items), expected);
  }
}

TEST(Divide, HasANameThatOtherTimesChangeWhenTheyMoveAnItem) {
  auto items = some_items();
  const std::string name = divide(items, 2).name;
  EXPECT_EQ(name.size(), 8u);
  items[0].seconds += 0.5;
  EXPECT_EQ(divide(items, 2).name, name) << "each item is where it was";
  std::swap(items[0].seconds, items[1].seconds);
  EXPECT_NE(divide(items, 2).name, name);
  EXPECT_NE(divide(some_items(), 3).name, name);
}

TEST(Divide, CountsItemsWhereNoTimeIsKnown) {
  const std::vector<ShardItem> items = {{"a"}, {"b"}, {"c"}, {"d"}, {"e"}};
  EXPECT_THAT(divide(items, 2).shards, ElementsAre(ElementsAre(0, 2, 4), ElementsAre(1, 3)));
}

TEST(Divide, LeavesShardsEmptyWhereThereAreMoreThanItems) {
  EXPECT_THAT(divide({{"a", 1}}, 2).shards, ElementsAre(ElementsAre(0), IsEmpty()));
}

}  // namespace
}  // namespace noderig
