#include <gtest/gtest.h>
#include <noderig/p2p/primitives/uint256.h>

#include <stdexcept>

namespace noderig {
namespace {

constexpr std::string_view kText =
    "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";

TEST(Bytes, HexGoesBothWays) {
  EXPECT_EQ(to_hex(bytes_from_hex("00fF10a9")), "00ff10a9");
  EXPECT_EQ(from_hex(""), Bytes());
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_FALSE(from_hex("0 "));
  EXPECT_THROW(bytes_from_hex("xy"), std::invalid_argument);
}

TEST(Uint256, PrintsTheMostSignificantByteFirst) {
  const Uint256 value = Uint256::from_hex(kText);
  EXPECT_EQ(value.to_string(), kText);
  EXPECT_EQ(value.wire().front(), std::byte{0x6f});
  EXPECT_EQ(value.wire().back(), std::byte{0});
}

TEST(Uint256, ParsesExactly64Digits) {
  EXPECT_FALSE(Uint256::parse(""));
  EXPECT_FALSE(Uint256::parse(kText.substr(1)));
  EXPECT_FALSE(Uint256::parse(std::string(65, '0')));
  EXPECT_FALSE(Uint256::parse(std::string(64, 'g')));
  EXPECT_THROW(Uint256::from_hex("1"), std::invalid_argument);
}

TEST(Uint256, OrdersAsANumber) {
  Uint256 low;
  low.wire().front() = std::byte{0xff};
  Uint256 high;
  high.wire().back() = std::byte{1};
  EXPECT_LT(low, high);
  EXPECT_LT(Uint256(), low);
  EXPECT_TRUE(Uint256().is_zero());
  EXPECT_FALSE(low.is_zero());
}

}  // namespace
}  // namespace noderig
