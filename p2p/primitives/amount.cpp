#include <noderig/p2p/primitives/amount.h>

#include <algorithm>
#include <limits>
#include <ostream>

namespace noderig {
namespace {

constexpr int kDecimals = 8;

// Beyond this, in either direction, a number is zero or does not fit whatever its digits are, given
// that texts are far shorter.
constexpr std::int64_t kMaxExponent = 1'000'000'000'000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the digits at the front of `text`.
std::string_view take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  const auto digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<Amount> Amount::parse(std::string_view bitcoins) {
  std::string_view rest = bitcoins;
  const bool negative = take(rest, '-');
  const std::string_view whole = take_digits(rest);
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0')) return std::nullopt;
  std::string digits(whole);
  std::int64_t exponent = kDecimals;
  if (take(rest, '.')) {
    const std::string_view fraction = take_digits(rest);
    if (fraction.empty()) return std::nullopt;
    digits += fraction;
    exponent -= static_cast<std::int64_t>(fraction.size());
  }
  if (take(rest, 'e') || take(rest, 'E')) {
    const bool down = take(rest, '-');
    if (!down) take(rest, '+');
    const std::string_view power = take_digits(rest);
    if (power.empty()) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : power) value = std::min(value * 10 + (c - '0'), kMaxExponent);
    exponent += down ? -value : value;
  }
  if (!rest.empty()) return std::nullopt;

  // From here on the number is `digits` times ten to `exponent`, in satoshi.
  while (!digits.empty() && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  if (digits.empty()) return Amount();
  if (exponent < 0) return std::nullopt;

  const std::uint64_t limit =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  std::uint64_t magnitude = 0;
  const auto append = [&](unsigned digit) {
    if (magnitude > (limit - digit) / 10) return false;
    magnitude = magnitude * 10 + digit;
    return true;
  };
  for (const char c : digits) {
    if (!append(static_cast<unsigned>(c - '0'))) return std::nullopt;
  }
  for (; exponent > 0; --exponent) {
    if (!append(0)) return std::nullopt;
  }
  return Amount(static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude));
}

std::string Amount::to_string() const {
  // Unsigned, because the lowest amount has no positive counterpart.
  const auto bits = static_cast<std::uint64_t>(satoshi_);
  const std::uint64_t magnitude = satoshi_ < 0 ? 0 - bits : bits;
  const std::string decimals = std::to_string(magnitude % kSatoshiPerBitcoin);
  return (satoshi_ < 0 ? "-" : "") + std::to_string(magnitude / kSatoshiPerBitcoin) + "." +
         std::string(kDecimals - decimals.size(), '0') + decimals;
}

std::ostream& operator<<(std::ostream& out, Amount amount) {
  return out << amount.to_string();
}

}  // namespace noderig
