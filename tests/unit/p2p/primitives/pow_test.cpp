#include <gtest/gtest.h>
#include <noderig/p2p/primitives/pow.h>

namespace noderig::p2p {
namespace {

// A number from its last digits.
Uint256 number(std::string digits) {
  return Uint256::from_hex(std::string(64 - digits.size(), '0') + digits);
}

struct Target {
  std::uint32_t bits;
  std::string digits;
  std::uint32_t canonical;
};

TEST(ProofOfWork, TargetsOfBits) {
  for (const Target& t : std::initializer_list<Target>{
           {0x00000000, "0", 0},
           {0x00123456, "0", 0},
           {0x01003456, "0", 0},
           {0x04000000, "0", 0},
           {0x00923456, "0", 0},
           {0x01803456, "0", 0},
           {0xff800000, "0", 0},
           {0x01123456, "12", 0x01120000},
           {0x02123456, "1234", 0x02123400},
           {0x03123456, "123456", 0x03123456},
           {0x04123456, "12345600", 0x04123456},
           {0x05009234, "92340000", 0x05009234},
           {0x20123456, "123456" + std::string(58, '0'), 0x20123456},
           {0x1d00ffff, "ffff" + std::string(52, '0'), 0x1d00ffff},
           {0x207fffff, "7fffff" + std::string(58, '0'), 0x207fffff},
           {0x2200007f, "7f" + std::string(62, '0'), 0x207f0000},
           {0x2100ffff, "ffff" + std::string(60, '0'), 0x2100ffff},
       }) {
    const auto target = target_from_bits(t.bits);
    ASSERT_TRUE(target) << std::hex << t.bits;
    EXPECT_EQ(*target, number(t.digits)) << std::hex << t.bits;
    EXPECT_EQ(bits_from_target(*target), t.canonical) << std::hex << t.bits;
  }
}

TEST(ProofOfWork, NegativeAndTooLargeBitsHaveNoTarget) {
  for (const std::uint32_t bits : {0x01fedcbaU, 0x04923456U, 0x1d80ffffU, 0xff123456U, 0x21010000U,
                                   0x22000100U, 0x23000001U}) {
    EXPECT_FALSE(target_from_bits(bits)) << std::hex << bits;
    EXPECT_FALSE(meets_target(Uint256(), bits));
    EXPECT_TRUE(block_work(bits).is_zero());
  }
}

TEST(ProofOfWork, BitsKeepThePositiveSign) {
  EXPECT_EQ(bits_from_target(number("80")), 0x02008000u);
  EXPECT_EQ(bits_from_target(number("800000")), 0x04008000u);
  EXPECT_EQ(bits_from_target(number("12345678")), 0x04123456u);
}

TEST(ProofOfWork, AHashMeetsItsTargetInclusive) {
  EXPECT_TRUE(meets_target(number("123456"), 0x03123456));
  EXPECT_TRUE(meets_target(number("0"), 0x03123456));
  EXPECT_FALSE(meets_target(number("123457"), 0x03123456));
  EXPECT_FALSE(meets_target(number("0"), 0));
}

TEST(ProofOfWork, WorkOfABlock) {
  EXPECT_EQ(block_work(0x207fffff), number("2"));
  EXPECT_EQ(block_work(0x1d00ffff), number("100010001"));
  EXPECT_EQ(block_work(0x03000001), number("8" + std::string(63, '0')));
  EXPECT_TRUE(block_work(0).is_zero());
  EXPECT_EQ(add_work(block_work(0x1d00ffff), block_work(0x1d00ffff)), number("200020002"));
  EXPECT_TRUE(add_work(number(std::string(64, 'f')), number("1")).is_zero());
}

}  // namespace
}  // namespace noderig::p2p
