// The protocol's limits: what reaches one decodes, one more is Oversized.
#include <gtest/gtest.h>

#include "samples.h"

namespace noderig::p2p {
namespace {

template <WireMessage M>
void expect_limit(const M& at_limit, const M& beyond, std::size_t offset) {
  const Decoded<M> fits = decode_as<M>(encode_of(at_limit));
  EXPECT_TRUE(fits) << M::kCommand << ": " << fits.error().to_string();
  const Decoded<M> refused = decode_as<M>(encode_of(beyond));
  ASSERT_FALSE(refused) << M::kCommand;
  EXPECT_EQ(refused.error().fault, DecodeFault::Oversized) << M::kCommand;
  EXPECT_EQ(refused.error().offset, offset) << M::kCommand;
}

// A message whose `list` has `size` items.
template <WireMessage M, typename Item>
M filled(std::vector<Item> M::*list, std::size_t size, const Item& item = {}) {
  M message;
  (message.*list).assign(size, item);
  return message;
}

TEST(Limits, InventoryItems) {
  expect_limit(filled(&Inv::items, 50'000), filled(&Inv::items, 50'001), 0);
  expect_limit(filled(&GetData::items, 50'000), filled(&GetData::items, 50'001), 0);
  expect_limit(filled(&NotFound::items, 50'000), filled(&NotFound::items, 50'001), 0);
}

TEST(Limits, Addresses) {
  expect_limit(filled(&Addr::addresses, 1000), filled(&Addr::addresses, 1001), 0);
  AddressV2 address;
  address.address = test::sample_bytes(4);
  expect_limit(filled(&AddrV2::addresses, 1000, address), filled(&AddrV2::addresses, 1001, address),
               0);
}

TEST(Limits, AddressOfAnUnknownNetwork) {
  AddressV2 fits, beyond;
  fits.network = beyond.network = AddressNetwork{0xaa};
  fits.address = test::sample_bytes(512);
  beyond.address = test::sample_bytes(513);
  expect_limit(AddrV2{.addresses = {fits}}, AddrV2{.addresses = {beyond}}, 1 + 4 + 1 + 1);
}

TEST(Limits, HeadersAndLocators) {
  expect_limit(filled(&Headers::headers, 2000), filled(&Headers::headers, 2001), 0);
  GetHeaders fits, beyond;
  fits.locator.hashes.resize(101);
  beyond.locator.hashes.resize(102);
  expect_limit(fits, beyond, 4);
}

TEST(Limits, UserAgent) {
  Version fits = test::sample<Version>();
  Version beyond = fits;
  fits.user_agent.assign(256, 'a');
  beyond.user_agent.assign(257, 'a');
  expect_limit(fits, beyond, 80);
}

TEST(Limits, BloomFilters) {
  expect_limit(FilterLoad{.filter = test::sample_bytes(36'000)},
               FilterLoad{.filter = test::sample_bytes(36'001)}, 0);
  expect_limit(FilterLoad{.filter = {}, .hash_functions = 50},
               FilterLoad{.filter = {}, .hash_functions = 51}, 1);
  expect_limit(FilterAdd{.data = test::sample_bytes(520)},
               FilterAdd{.data = test::sample_bytes(521)}, 0);
}

TEST(Limits, FilterHashes) {
  expect_limit(filled(&CFHeaders::filter_hashes, 2000), filled(&CFHeaders::filter_hashes, 2001),
               1 + 32 + 32);
}

TEST(Limits, RejectTexts) {
  expect_limit(Reject{.message = std::string(12, 'm'), .reason = {}, .hash = {}},
               Reject{.message = std::string(13, 'm'), .reason = {}, .hash = {}}, 0);
  expect_limit(Reject{.message = {}, .reason = std::string(111, 'r'), .hash = {}},
               Reject{.message = {}, .reason = std::string(112, 'r'), .hash = {}}, 2);
}

TEST(Limits, FeatureIdAndData) {
  expect_limit(Feature{.id = std::string(80, 'i'), .data = {}},
               Feature{.id = std::string(81, 'i'), .data = {}}, 0);
  expect_limit(Feature{.id = "name", .data = test::sample_bytes(512)},
               Feature{.id = "name", .data = test::sample_bytes(513)}, 5);
  const auto short_id = decode_as<Feature>(encode_of(Feature{.id = "abc", .data = {}}));
  ASSERT_FALSE(short_id);
  EXPECT_EQ(short_id.error().fault, DecodeFault::Malformed);
}

}  // namespace
}  // namespace noderig::p2p
