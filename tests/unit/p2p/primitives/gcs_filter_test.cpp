#include "known_blocks.h"

#include <gtest/gtest.h>
#include <noderig/p2p/primitives/gcs_filter.h>

namespace noderig::p2p {
namespace {

Bytes element(std::uint32_t i) {
  return Writer().integer(i).take();
}

TEST(GcsFilter, FiltersOfRealBlocks) {
  for (const auto& known : test::known_blocks()) {
    const Block block = decode_as<Block>(bytes_from_hex(known.hex)).value();
    std::vector<Script> spent;
    for (const auto hex : known.spent_scripts) spent.emplace_back(bytes_from_hex(hex));
    const auto filter = GcsFilter::basic(block, spent);
    EXPECT_EQ(to_hex(filter.encoded()), known.filter) << known.height;
    EXPECT_EQ(filter.header(Uint256::from_hex(known.previous_filter_header)).to_string(),
              known.filter_header);
    for (const Script& script : spent) {
      EXPECT_EQ(filter.match(script), !script.empty()) << known.height;
    }
    EXPECT_EQ(GcsFilter::decode(block.hash(), bytes_from_hex(known.filter)).value(), filter);
  }
}

TEST(GcsFilter, MatchesItsElementsAndHardlyAnythingElse) {
  std::vector<Bytes> inside;
  std::vector<Bytes> outside;
  for (std::uint32_t i = 0; i < 500; ++i) inside.push_back(element(i));
  for (std::uint32_t i = 1000; i < 1500; ++i) outside.push_back(element(i));
  const GcsFilter filter(sha256({}), inside);
  EXPECT_EQ(filter.size(), 500u);
  for (const Bytes& one : inside) EXPECT_TRUE(filter.match(one));
  EXPECT_FALSE(filter.match_any(outside));
  outside.push_back(inside[250]);
  EXPECT_TRUE(filter.match_any(outside));
  EXPECT_FALSE(filter.match_any({}));
}

TEST(GcsFilter, EqualElementsCountOnce) {
  const GcsFilter once({}, {element(1), element(2)});
  EXPECT_EQ(GcsFilter({}, {element(2), element(1), element(2)}), once);
  EXPECT_EQ(once.size(), 2u);
}

TEST(GcsFilter, EmptyMatchesNothing) {
  const GcsFilter filter({}, {});
  EXPECT_EQ(to_hex(filter.encoded()), "00");
  EXPECT_FALSE(filter.match(element(1)));
}

TEST(GcsFilter, DecodeChecksTheLength) {
  const GcsFilter filter({}, {element(1), element(2), element(3)});
  EXPECT_TRUE(GcsFilter::decode({}, filter.encoded()));
  Bytes longer = filter.encoded();
  longer.push_back({});
  EXPECT_EQ(GcsFilter::decode({}, longer).error().fault, DecodeFault::TrailingBytes);
  Bytes shorter = filter.encoded();
  shorter.pop_back();
  EXPECT_EQ(GcsFilter::decode({}, shorter).error().fault, DecodeFault::Truncated);
  EXPECT_EQ(GcsFilter::decode({}, {}).error().fault, DecodeFault::Truncated);
  EXPECT_FALSE(GcsFilter::decode({}, bytes_from_hex("feffffffff00")));
}

}  // namespace
}  // namespace noderig::p2p
