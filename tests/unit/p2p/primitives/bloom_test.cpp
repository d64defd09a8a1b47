#include <gtest/gtest.h>
#include <noderig/p2p/primitives/bloom.h>

namespace noderig::p2p {
namespace {

TEST(Bloom, Murmur3) {
  EXPECT_EQ(murmur3(0, {}), 0u);
  EXPECT_EQ(murmur3(0xfba4c795, {}), 0x6a396f08u);
  EXPECT_EQ(murmur3(0xffffffff, {}), 0x81f16f39u);
  EXPECT_EQ(murmur3(0xfba4c795, bytes_from_hex("00")), 0xea3f0b17u);
  EXPECT_EQ(murmur3(0, bytes_from_hex("ff")), 0xfd6cf10du);
  EXPECT_EQ(murmur3(0, bytes_from_hex("0011")), 0x16c6b7abu);
  EXPECT_EQ(murmur3(0, bytes_from_hex("001122")), 0x8eb51c3du);
  EXPECT_EQ(murmur3(0, bytes_from_hex("00112233")), 0xb4471bf8u);
  EXPECT_EQ(murmur3(0, bytes_from_hex("0011223344")), 0xe2301fa8u);
  EXPECT_EQ(murmur3(0, bytes_from_hex("001122334455667788")), 0xb4698defu);
}

// The filters that nodes make of these three hashes.
TEST(Bloom, FiltersOfNodes) {
  for (const auto& [tweak, bits] : {std::pair{0u, "614e9b"}, std::pair{2147483649u, "ce4299"}}) {
    auto filter = BloomFilter::sized_for(3, 0.01, tweak);
    EXPECT_EQ(filter.bits.size(), 3u);
    EXPECT_EQ(filter.hash_functions, 5u);
    for (const std::string_view hash :
         {"99108ad8ed9bb6274d3980bab5a85c048f0950c8", "b5a2c786d9ef4658287ced5914b37a1b4aa32eee",
          "b9300670b4c5366e95b2699e8b18bc75e5f729c5"}) {
      EXPECT_FALSE(filter.contains(bytes_from_hex(hash)));
      filter.insert(bytes_from_hex(hash));
      EXPECT_TRUE(filter.contains(bytes_from_hex(hash)));
    }
    EXPECT_FALSE(filter.contains(bytes_from_hex("19108ad8ed9bb6274d3980bab5a85c048f0950c8")));
    EXPECT_EQ(to_hex(filter.bits), bits);
  }
}

TEST(Bloom, TakesHashesAndOutpoints) {
  auto filter = BloomFilter::sized_for(10, 0.000001, 0);
  const Uint256 txid = sha256(as_byte_span("tx"));
  filter.insert(txid);
  EXPECT_TRUE(filter.contains(txid));
  EXPECT_FALSE(filter.contains(OutPoint{txid, 1}));
  filter.insert(OutPoint{txid, 1});
  EXPECT_TRUE(filter.contains(OutPoint{txid, 1}));
  EXPECT_FALSE(filter.contains(OutPoint{txid, 2}));
}

TEST(Bloom, StaysWithinTheProtocol) {
  const auto large = BloomFilter::sized_for(10'000'000, 1e-9, 0);
  EXPECT_EQ(large.bits.size(), BloomFilter::kMaxBytes);
  EXPECT_EQ(large.hash_functions, 1u);
  const auto sharp = BloomFilter::sized_for(1, 1e-100, 0);
  EXPECT_EQ(sharp.hash_functions, BloomFilter::kMaxHashFunctions);
}

TEST(Bloom, WithoutBitsContainsEverything) {
  BloomFilter filter;
  filter.hash_functions = 5;
  filter.insert(as_byte_span("a"));
  EXPECT_TRUE(filter.contains(as_byte_span("b")));
}

}  // namespace
}  // namespace noderig::p2p
