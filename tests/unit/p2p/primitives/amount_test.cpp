#include <gtest/gtest.h>
#include <noderig/p2p/primitives/amount.h>

#include <limits>

namespace noderig {
namespace {

constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
constexpr auto kHighest = std::numeric_limits<std::int64_t>::max();

struct Spelling {
  std::string_view text;
  std::int64_t satoshi;
};

TEST(Amount, ParsesEverySpellingOfANumber) {
  for (const Spelling& s : std::initializer_list<Spelling>{
           {"0", 0},
           {"-0", 0},
           {"0.00000000", 0},
           {"0e99999999999999999999", 0},
           {"1", 100'000'000},
           {"0.1", 10'000'000},
           {"0.10000000", 10'000'000},
           {"-1.00000001", -100'000'001},
           {"21000000", 2'100'000'000'000'000},
           {"1e-8", 1},
           {"1E-08", 1},
           {"-1e-8", -1},
           {"1.5e3", 150'000'000'000},
           {"1.5e+3", 150'000'000'000},
           {"0.000000001e1", 1},
           {"0.0000000100000", 1},
           {"1000000000000000000000e-21", 100'000'000},
           {"92233720368.54775807", kHighest},
           {"-92233720368.54775808", kLowest},
       }) {
    const auto amount = Amount::parse(s.text);
    ASSERT_TRUE(amount) << s.text;
    EXPECT_EQ(amount->satoshi(), s.satoshi) << s.text;
  }
}

TEST(Amount, RefusesWhatIsNoAmount) {
  for (const std::string_view text :
       {"",   "-",   "+1",  ".1",  "1.",  "1.e1", "1e",  "1e-",   "1e+",  "1 ",   " 1",
        "01", "-01", "--1", "0x1", "1,0", "nan",  "inf", "1e1.0", "1..0", "1e1e1"}) {
    EXPECT_FALSE(Amount::parse(text)) << text;
  }
}

TEST(Amount, RefusesWhatDoesNotFit) {
  for (const std::string_view text :
       {"0.000000001", "1e-9", "1.000000001", "92233720368.54775808", "-92233720368.54775809",
        "92233720369", "1e11", "1e99999999999999999999", "1e-99999999999999999999",
        "184467440737.09551616", "340282366920938463463374607431.76821149"}) {
    EXPECT_FALSE(Amount::parse(text)) << text;
  }
}

TEST(Amount, PrintsEightDecimals) {
  EXPECT_EQ(Amount().to_string(), "0.00000000");
  EXPECT_EQ(Amount::sat(1).to_string(), "0.00000001");
  EXPECT_EQ(Amount::sat(-1).to_string(), "-0.00000001");
  EXPECT_EQ(Amount::btc(50).to_string(), "50.00000000");
  EXPECT_EQ(Amount::sat(kHighest).to_string(), "92233720368.54775807");
  EXPECT_EQ(Amount::sat(kLowest).to_string(), "-92233720368.54775808");
}

TEST(Amount, ReadsWhatItPrints) {
  for (const std::int64_t satoshi : {kLowest, kLowest + 1, std::int64_t{-1}, std::int64_t{0},
                                     std::int64_t{99'999'999}, kHighest}) {
    EXPECT_EQ(Amount::parse(Amount::sat(satoshi).to_string()), Amount::sat(satoshi));
  }
}

}  // namespace
}  // namespace noderig
