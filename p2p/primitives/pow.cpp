#include <noderig/p2p/primitives/pow.h>

#include <boost/multiprecision/cpp_int.hpp>

namespace noderig::p2p {
namespace {

// Wide enough for 2^256 itself.
using Wide = boost::multiprecision::uint512_t;

Wide wide(const Uint256& value) {
  Wide number;
  const auto& wire = value.wire();
  import_bits(number, reinterpret_cast<const unsigned char*>(wire.data()),
              reinterpret_cast<const unsigned char*>(wire.data()) + wire.size(), 8, false);
  return number;
}

// The lowest 256 bits.
Uint256 narrow(Wide number) {
  Uint256 value;
  for (std::byte& b : value.wire()) {
    b = static_cast<std::byte>(static_cast<unsigned>(number & 0xff));
    number >>= 8;
  }
  return value;
}

}  // namespace

// The compact form is a floating point number: the highest byte says how many bytes long the target
// is, the lower three are its highest bytes, and their top bit is a sign.
std::optional<Uint256> target_from_bits(std::uint32_t bits) {
  const std::size_t length = bits >> 24;
  std::uint32_t mantissa = bits & 0x7fffff;
  if (length < 3) mantissa >>= 8 * (3 - length);
  Uint256 target;
  if (mantissa == 0) return target;
  const bool negative = (bits & 0x800000) != 0;
  if (negative) return std::nullopt;
  const std::size_t lowest = length < 3 ? 0 : length - 3;
  for (std::size_t i = lowest; mantissa != 0; ++i, mantissa >>= 8) {
    if (i >= Uint256::kSize) return std::nullopt;
    target.wire()[i] = static_cast<std::byte>(mantissa);
  }
  return target;
}

std::uint32_t bits_from_target(const Uint256& target) {
  const auto& wire = target.wire();
  std::size_t length = wire.size();
  while (length > 0 && wire[length - 1] == std::byte{0}) --length;
  std::uint32_t mantissa = 0;
  for (std::size_t i = 1; i <= 3; ++i) {
    mantissa = mantissa << 8 | (i <= length ? std::to_integer<std::uint32_t>(wire[length - i]) : 0);
  }
  const bool looks_negative = (mantissa & 0x800000) != 0;
  if (looks_negative) {
    mantissa >>= 8;
    ++length;
  }
  return static_cast<std::uint32_t>(length) << 24 | mantissa;
}

bool meets_target(const Uint256& hash, std::uint32_t bits) {
  const auto target = target_from_bits(bits);
  return target && !target->is_zero() && hash <= *target;
}

Uint256 block_work(std::uint32_t bits) {
  const auto target = target_from_bits(bits);
  if (!target || target->is_zero()) return {};
  return narrow((Wide(1) << 256) / (wide(*target) + 1));
}

Uint256 add_work(const Uint256& a, const Uint256& b) {
  return narrow(wide(a) + wide(b));
}

}  // namespace noderig::p2p
