#include <noderig/p2p/primitives/uint256.h>
#include <algorithm>
#include <ostream>
#include <stdexcept>

namespace noderig {

std::optional<Uint256> Uint256::parse(std::string_view hex) {
  if (hex.size() != 2 * kSize) return std::nullopt;
  const auto bytes = noderig::from_hex(hex);
  if (!bytes) return std::nullopt;
  Uint256 value;
  std::reverse_copy(bytes->begin(), bytes->end(), value.wire_.begin());
  return value;
}

Uint256 Uint256::from_hex(std::string_view hex) {
  const auto value = parse(hex);
  if (!value) throw std::invalid_argument("not 64 hexadecimal digits: " + std::string(hex));
  return *value;
}

std::string Uint256::to_string() const {
  auto big_endian = wire_;
  std::ranges::reverse(big_endian);
  return to_hex(big_endian);
}

std::ostream& operator<<(std::ostream& out, const Uint256& value) {
  return out << value.to_string();
}

}  // namespace noderig
