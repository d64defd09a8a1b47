#include <noderig/p2p/primitives/serialize.h>
#include <bit>

namespace noderig::p2p {

static_assert(std::endian::native == std::endian::little, "integers are copied as they lie");

std::string_view to_string(DecodeFault fault) {
  switch (fault) {
    case DecodeFault::Truncated:
      return "truncated";
    case DecodeFault::Oversized:
      return "oversized";
    case DecodeFault::NonCanonical:
      return "non-canonical";
    case DecodeFault::Malformed:
      return "malformed";
    case DecodeFault::TrailingBytes:
      return "trailing bytes";
  }
  return "unknown fault";
}

std::string DecodeError::to_string() const {
  return std::string(p2p::to_string(fault)) + " at offset " + std::to_string(offset) + ": " + what;
}

void Reader::fail_at(std::size_t offset, DecodeFault fault, std::string what) {
  if (!error_) error_ = DecodeError{fault, offset, std::move(what)};
}

std::uint16_t Reader::big_endian_16(std::string_view field) {
  const auto value = integer<std::uint16_t>(field);
  return static_cast<std::uint16_t>(value << 8 | value >> 8);
}

bool Reader::boolean(std::string_view field) {
  const std::size_t begin = offset_;
  const auto value = integer<std::uint8_t>(field);
  if (value <= 1) return value == 1;
  fail_at(begin, DecodeFault::Malformed, std::string(field) + " " + std::to_string(value));
  return false;
}

std::uint64_t Reader::compact_size(std::string_view field, std::uint64_t limit) {
  const std::size_t begin = offset_;
  std::uint64_t value = integer<std::uint8_t>(field);
  if (value >= 0xfd) {
    const std::size_t width = std::size_t{1} << (value - 0xfc);
    if (width > remaining()) {
      fail_at(begin, DecodeFault::Truncated, std::string(field));
      return 0;
    }
    // The smallest number that needs this width.
    const std::uint64_t least = width == 2 ? 0xfd : std::uint64_t{1} << (width * 4);
    value = 0;
    std::memcpy(&value, take(width, field), width);
    if (value < least) {
      fail_at(begin, DecodeFault::NonCanonical,
              std::string(field) + " " + std::to_string(value) + " in " +
                  std::to_string(1 + width) + " bytes");
      return 0;
    }
  }
  if (value > limit) {
    fail_at(begin, DecodeFault::Oversized,
            std::string(field) + " " + std::to_string(value) + ", at most " +
                std::to_string(limit) + " allowed");
    return 0;
  }
  return value;
}

std::size_t Reader::count(std::string_view field, std::size_t item_bytes, std::uint64_t limit) {
  const std::size_t begin = offset_;
  const std::uint64_t value = compact_size(field, limit);
  if (item_bytes != 0 && value > remaining() / item_bytes) {
    fail_at(begin, DecodeFault::Oversized,
            std::string(field) + " " + std::to_string(value) + ", " + std::to_string(remaining()) +
                " bytes left");
    return 0;
  }
  return value;
}

ByteSpan Reader::bytes(std::size_t size, std::string_view field) {
  const std::byte* at = take(size, field);
  return at == nullptr ? ByteSpan() : ByteSpan(at, size);
}

ByteSpan Reader::var_bytes(std::string_view field, std::uint64_t limit) {
  return bytes(count(field, 1, limit), field);
}

std::string Reader::var_string(std::string_view field, std::uint64_t limit) {
  const ByteSpan text = var_bytes(field, limit);
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

Uint256 Reader::uint256(std::string_view field) {
  Uint256 value;
  if (const std::byte* from = take(Uint256::kSize, field)) {
    std::memcpy(value.wire().data(), from, Uint256::kSize);
  }
  return value;
}

std::optional<std::byte> Reader::peek(std::size_t ahead) const {
  if (error_ || ahead >= remaining()) return std::nullopt;
  return input_[offset_ + ahead];
}

Writer& Writer::big_endian_16(std::uint16_t value) {
  return integer(static_cast<std::uint16_t>(value << 8 | value >> 8));
}

Writer& Writer::compact_size(std::uint64_t value) {
  if (value < 0xfd) return integer(static_cast<std::uint8_t>(value));
  if (value <= 0xffff) {
    return integer<std::uint8_t>(0xfd).integer(static_cast<std::uint16_t>(value));
  }
  if (value <= 0xffffffff) {
    return integer<std::uint8_t>(0xfe).integer(static_cast<std::uint32_t>(value));
  }
  return integer<std::uint8_t>(0xff).integer(value);
}

}  // namespace noderig::p2p
