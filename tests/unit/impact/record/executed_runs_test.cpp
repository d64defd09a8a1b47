#include <impact/record/executed_runs.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <random>

namespace noderig::impact {
namespace {

using testing::ElementsAre;

ExecutedRuns runs_of(const std::vector<std::uint32_t>& numbers) {
  return ExecutedRuns(numbers);
}

TEST(ExecutedRuns, ContainsItsNumbersAndNoOthers) {
  const ExecutedRuns set = runs_of({1, 2, 3, 7, 9, 10});
  EXPECT_EQ(set.size(), 6U);
  EXPECT_THAT(set.numbers(), ElementsAre(1, 2, 3, 7, 9, 10));
  for (const std::uint32_t inside : {1U, 3U, 7U, 10U}) EXPECT_TRUE(set.contains(inside)) << inside;
  for (const std::uint32_t outside : {0U, 4U, 6U, 8U, 11U}) {
    EXPECT_FALSE(set.contains(outside)) << outside;
  }
}

TEST(ExecutedRuns, ComeBackFromTheirBytes) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::uint32_t> numbers;
    std::uint32_t last = 0;
    for (int i = 0; i < round; ++i) {
      last += random() % 3 == 0 ? random() % 100'000 + 1 : 1;
      numbers.push_back(last);
    }
    const ExecutedRuns set(numbers);
    const ExecutedRuns back = ExecutedRuns::decode(set.encode());
    EXPECT_EQ(back, set);
    EXPECT_EQ(back.numbers(), numbers);
  }
}

TEST(ExecutedRuns, TakeFewBytesWhereNumbersLieTogether) {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t number = 1; number <= 20'000; ++number) {
    if (number % 1000 != 0) numbers.push_back(number);
  }
  EXPECT_LT(runs_of(numbers).encode().size(), 100U);
}

TEST(ExecutedRuns, ThatAreDamagedAreRefused) {
  const std::string bytes = runs_of({5, 6, 300}).encode();
  EXPECT_THROW(ExecutedRuns::decode(std::string_view(bytes).substr(0, bytes.size() - 1)),
               EnvironmentError);
  EXPECT_THROW(ExecutedRuns::decode(std::string("\x05\x00", 2)), EnvironmentError);
  EXPECT_THROW(ExecutedRuns::decode("\xff\xff\xff\xff\xff\xff"), EnvironmentError);
  EXPECT_THROW(ExecutedRuns::decode("\xff\xff\xff\xff\x7f\x01"), EnvironmentError);
}

}  // namespace
}  // namespace noderig::impact
