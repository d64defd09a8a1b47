#include <gtest/gtest.h>
#include <noderig/rpc/json.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>

namespace noderig::rpc {
namespace {

constexpr std::int64_t kCoin = 100'000'000;
constexpr std::int64_t kMaxMoney = 21'000'000 * kCoin;

// The way nodes write an amount: always eight decimals.
std::string as_node_writes(std::int64_t satoshi) {
  const std::int64_t magnitude = satoshi < 0 ? -satoshi : satoshi;
  const std::string decimals = std::to_string(magnitude % kCoin);
  return (satoshi < 0 ? "-" : "") + std::to_string(magnitude / kCoin) + "." +
         std::string(8 - decimals.size(), '0') + decimals;
}

std::string trimmed(std::string decimal) {
  decimal.erase(decimal.find_last_not_of('0') + 1);
  if (decimal.back() == '.') decimal.pop_back();
  return decimal;
}

std::string through_a_reply(const std::string& number) {
  return decimal_text(Json::parse(R"({"result":{"amount":)" + number + "}}")["result"]["amount"]);
}

void expect_exact(std::int64_t satoshi) {
  const std::string written = as_node_writes(satoshi);
  ASSERT_EQ(through_a_reply(written), trimmed(written));
}

TEST(DecimalText, IsExactAtTheEdgesOfTheRangeAndOfDoubles) {
  for (std::int64_t i = 0; i < 2000; ++i) {
    expect_exact(i);
    expect_exact(kMaxMoney - i);
    if (i != 0) expect_exact(-i);
    expect_exact(-kMaxMoney + i);
  }
  // A double's resolution changes at powers of two, a decimal's length at powers of ten.
  for (std::int64_t bitcoins = 1; bitcoins < 21'000'000; bitcoins *= 2) {
    for (std::int64_t i = -20; i <= 20; ++i) expect_exact(bitcoins * kCoin + i);
  }
  for (std::int64_t satoshi = 1; satoshi < kMaxMoney; satoshi *= 10) {
    for (std::int64_t i = -1; i <= 1; ++i) {
      if (satoshi + i != 0) expect_exact(satoshi + i);
    }
  }
}

TEST(DecimalText, IsExactForRandomAmounts) {
  std::mt19937_64 random(20170401);
  for (int bits = 1; bits <= 51; ++bits) {
    for (int i = 0; i < 2000; ++i) {
      const auto magnitude = static_cast<std::int64_t>(random() >> (64 - bits));
      if (magnitude == 0 || magnitude > kMaxMoney) continue;
      expect_exact(magnitude);
      expect_exact(-magnitude);
    }
  }
}

TEST(DecimalText, WritesNoExponent) {
  EXPECT_EQ(through_a_reply("1e-8"), "0.00000001");
  EXPECT_EQ(through_a_reply("1E-08"), "0.00000001");
  EXPECT_EQ(through_a_reply("-2.5e-7"), "-0.00000025");
  EXPECT_EQ(through_a_reply("2.1e7"), "21000000");
}

TEST(DecimalText, WritesWholeNumbersAsTheyAre) {
  EXPECT_EQ(through_a_reply("50"), "50");
  EXPECT_EQ(through_a_reply("-50"), "-50");
  EXPECT_EQ(through_a_reply("0"), "0");
  EXPECT_EQ(through_a_reply("18446744073709551615"), "18446744073709551615");
}

TEST(DecimalText, KeepsMoreThanEightDecimals) {
  EXPECT_EQ(through_a_reply("0.123456789"), "0.123456789");
  EXPECT_EQ(through_a_reply("4.656542373906925e-10"), "0.0000000004656542373906925");
}

TEST(DecimalText, WritesTheLongestDoubles) {
  EXPECT_EQ(decimal_text(std::numeric_limits<double>::denorm_min()).size(), 326U);
  EXPECT_EQ(decimal_text(-std::numeric_limits<double>::max()).size(), 310U);
  EXPECT_LT(decimal_text(-std::nextafter(std::numeric_limits<double>::min(), 0)).size(), 400U);
}

TEST(DecimalText, RefusesWhatIsNoNumber) {
  EXPECT_THROW(decimal_text(nullptr), std::invalid_argument);
  EXPECT_THROW(decimal_text("0.1"), std::invalid_argument);
  EXPECT_THROW(decimal_text(true), std::invalid_argument);
  EXPECT_THROW(decimal_text(Json::array({1})), std::invalid_argument);
  EXPECT_THROW(decimal_text(std::numeric_limits<double>::infinity()), std::invalid_argument);
  EXPECT_THROW(decimal_text(std::nan("")), std::invalid_argument);
}

}  // namespace
}  // namespace noderig::rpc
