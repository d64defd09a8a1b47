#include <gtest/gtest.h>
#include <noderig/p2p/primitives/serialize.h>

namespace noderig::p2p {
namespace {

struct SizeSpelling {
  std::uint64_t value;
  std::string_view hex;
};

constexpr SizeSpelling kSizes[] = {
    {0, "00"},
    {252, "fc"},
    {253, "fdfd00"},
    {0xffff, "fdffff"},
    {0x10000, "fe00000100"},
    {0x2000000, "fe00000002"},
    {0xffffffff, "feffffffff"},
    {0x100000000, "ff0000000001000000"},
    {~std::uint64_t{0}, "ffffffffffffffffff"},
};

// Applies `read` to the bytes and returns the fault with its offset.
template <typename Read>
std::pair<DecodeFault, std::size_t> fault_of(std::string_view hex, Read read) {
  const Bytes input = bytes_from_hex(hex);
  Reader reader(input);
  read(reader);
  EXPECT_FALSE(reader.ok()) << hex;
  if (reader.ok()) return {};
  return {reader.error()->fault, reader.error()->offset};
}

std::pair<DecodeFault, std::size_t> expected(DecodeFault fault, std::size_t offset) {
  return {fault, offset};
}

TEST(Serialize, CompactSizesGoBothWays) {
  for (const auto& [value, hex] : kSizes) {
    EXPECT_EQ(to_hex(Writer().compact_size(value).written()), hex);
    EXPECT_EQ(compact_size_length(value), hex.size() / 2);
    const Bytes input = bytes_from_hex(hex);
    Reader reader(input);
    EXPECT_EQ(reader.compact_size("n", ~std::uint64_t{0}), value);
    EXPECT_TRUE(reader.ok());
    EXPECT_EQ(reader.remaining(), 0u);
  }
}

TEST(Serialize, RefusesCompactSizesThatAreLongerThanNeeded) {
  for (const std::string_view hex : {"fd0000", "fdfc00", "fe00000000", "feffff0000",
                                     "ff0000000000000000", "ffffffffff00000000"}) {
    EXPECT_EQ(fault_of(hex, [](Reader& r) { r.compact_size("n", ~std::uint64_t{0}); }),
              expected(DecodeFault::NonCanonical, 0));
  }
}

TEST(Serialize, PlacesFaultsAtTheStartOfTheField) {
  const auto second_size = [](Reader& r) {
    r.integer<std::uint8_t>("first");
    r.compact_size("second");
  };
  EXPECT_EQ(fault_of("00", second_size), expected(DecodeFault::Truncated, 1));
  EXPECT_EQ(fault_of("00fd00", second_size), expected(DecodeFault::Truncated, 1));
  EXPECT_EQ(fault_of("00fe000000", second_size), expected(DecodeFault::Truncated, 1));
  EXPECT_EQ(fault_of("00ff00000000000000", second_size), expected(DecodeFault::Truncated, 1));
  EXPECT_EQ(fault_of("00fd0000", second_size), expected(DecodeFault::NonCanonical, 1));
  EXPECT_EQ(fault_of("00fe01000002", second_size), expected(DecodeFault::Oversized, 1));
  EXPECT_EQ(fault_of("0002", [](Reader& r) { r.integer<std::uint8_t>("first"), r.boolean("b"); }),
            expected(DecodeFault::Malformed, 1));
  EXPECT_EQ(fault_of("00010203", [](Reader& r) { r.integer<std::uint64_t>("n"); }),
            expected(DecodeFault::Truncated, 0));
}

TEST(Serialize, CountsAreBoundedByTheInput) {
  const Bytes input = bytes_from_hex("02" + std::string(2 * 9, '0'));
  Reader reader(input);
  EXPECT_EQ(reader.count("items", 4), 2u);
  EXPECT_EQ(fault_of("02" + std::string(2 * 9, '0'), [](Reader& r) { r.count("items", 5); }),
            expected(DecodeFault::Oversized, 0));
  EXPECT_EQ(fault_of("03010203", [](Reader& r) { r.count("items", 1, 2); }),
            expected(DecodeFault::Oversized, 0));
  EXPECT_EQ(fault_of("03aabb", [](Reader& r) { r.var_bytes("data"); }),
            expected(DecodeFault::Oversized, 0));
}

TEST(Serialize, TheFirstFaultSticks) {
  const Bytes input = bytes_from_hex("0102");
  Reader reader(input);
  EXPECT_EQ(reader.integer<std::uint32_t>("four bytes"), 0u);
  EXPECT_EQ(reader.integer<std::uint8_t>("one byte"), 0u);
  EXPECT_EQ(reader.var_string("text"), "");
  EXPECT_TRUE(reader.uint256("hash").is_zero());
  EXPECT_EQ(reader.peek(), std::nullopt);
  reader.fail(DecodeFault::Malformed, "another");
  EXPECT_EQ(reader.error()->to_string(), "truncated at offset 0: four bytes");
}

TEST(Serialize, IntegersAreLittleEndianAndPortsBigEndian) {
  Writer writer;
  writer.integer(std::uint32_t{0x01020304}).integer(std::int16_t{-2}).big_endian_16(8333);
  writer.boolean(true).var_string("ab").amount(Amount::sat(-1));
  EXPECT_EQ(to_hex(writer.written()), "04030201feff208d01026162ffffffffffffffff");
  Reader reader(writer.written());
  EXPECT_EQ(reader.integer<std::uint32_t>("a"), 0x01020304u);
  EXPECT_EQ(reader.integer<std::int16_t>("b"), -2);
  EXPECT_EQ(reader.big_endian_16("c"), 8333);
  EXPECT_TRUE(reader.boolean("d"));
  EXPECT_EQ(reader.peek(1), std::byte{'a'});
  EXPECT_EQ(reader.var_string("e"), "ab");
  EXPECT_EQ(reader.amount("f"), Amount::sat(-1));
  EXPECT_EQ(reader.since(0).size(), writer.size());
  EXPECT_TRUE(reader.ok());
}

struct OneByte {
  std::uint8_t value = 0;
  void encode(Writer& writer) const { writer.integer(value); }
  static OneByte decode(Reader& reader) { return {reader.integer<std::uint8_t>("value")}; }
};

TEST(Serialize, LeftOverBytesAreAnError) {
  EXPECT_EQ(decode_as<OneByte>(bytes_from_hex("07")).value().value, 7);
  const auto longer = decode_as<OneByte>(bytes_from_hex("070809"));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().to_string(), "trailing bytes at offset 1: 2 bytes");
  EXPECT_THROW(decode_as<OneByte>(Bytes()).value(), DecodeException);
}

}  // namespace
}  // namespace noderig::p2p
