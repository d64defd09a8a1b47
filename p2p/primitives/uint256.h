// A 256-bit number as nodes use it for hashes: stored little-endian as it travels, printed
// big-endian as nodes print it. Value type; any thread.
#pragma once

#include <noderig/p2p/primitives/bytes.h>
#include <array>
#include <compare>
#include <cstring>
#include <functional>
#include <iosfwd>

namespace noderig {

class Uint256 {
 public:
  static constexpr std::size_t kSize = 32;

  constexpr Uint256() = default;

  // Takes the 32 bytes in wire order (least significant first).
  explicit constexpr Uint256(const std::array<std::byte, kSize>& wire) : wire_(wire) {}

  // Reads 64 hex digits as nodes print them (most significant first); nothing for other text.
  static std::optional<Uint256> parse(std::string_view hex);

  // The same for text that is known to be right; throws std::invalid_argument.
  static Uint256 from_hex(std::string_view hex);

  // The bytes in wire order.
  constexpr const std::array<std::byte, kSize>& wire() const { return wire_; }
  constexpr std::array<std::byte, kSize>& wire() { return wire_; }

  // 64 hex digits, most significant first.
  std::string to_string() const;

  constexpr bool is_zero() const { return *this == Uint256(); }

  friend constexpr bool operator==(const Uint256&, const Uint256&) = default;

  // Orders as numbers.
  friend constexpr std::strong_ordering operator<=>(const Uint256& a, const Uint256& b) {
    for (std::size_t i = kSize; i-- > 0;) {
      if (a.wire_[i] != b.wire_[i]) return a.wire_[i] <=> b.wire_[i];
    }
    return std::strong_ordering::equal;
  }

 private:
  std::array<std::byte, kSize> wire_{};
};

std::ostream& operator<<(std::ostream& out, const Uint256& value);

}  // namespace noderig

// Hashes are uniform already: the first word serves as the hash.
template <>
struct std::hash<noderig::Uint256> {
  std::size_t operator()(const noderig::Uint256& value) const noexcept {
    std::size_t word;
    std::memcpy(&word, value.wire().data(), sizeof word);
    return word;
  }
};
