#include <noderig/framework/chain/bech32.h>
#include <algorithm>
#include <array>

namespace noderig {
namespace {

constexpr std::string_view kBech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kBech32ChecksumSize = 6;
constexpr std::size_t kMaxText = 90;

std::uint32_t final_constant(Bech32Encoding encoding) {
  return encoding == Bech32Encoding::Bech32 ? 1 : 0x2bc830a3;
}

// The remainder of prefix and values as a polynomial over GF(32) by the code's generator.
class Remainder {
 public:
  explicit Remainder(std::string_view prefix) {
    for (const char c : prefix) add(static_cast<std::uint8_t>(c) >> 5);
    add(0);
    for (const char c : prefix) add(static_cast<std::uint8_t>(c) & 31);
  }

  void add(unsigned value) {
    constexpr std::array<std::uint32_t, 5> kGenerator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                                      0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = state_ >> 25;
    state_ = (state_ & 0x1ffffff) << 5 ^ value;
    for (std::size_t i = 0; i < kGenerator.size(); ++i) {
      if ((top >> i & 1) != 0) state_ ^= kGenerator[i];
    }
  }

  std::uint32_t value() const { return state_; }

 private:
  std::uint32_t state_ = 1;
};

// Regroups bits, most significant first. Without padding, what is left over must be shorter than a
// group of the input and zero; otherwise nothing.
std::optional<std::vector<std::uint8_t>> regroup(const std::vector<std::uint8_t>& values,
                                                 unsigned from, unsigned to, bool pad) {
  std::vector<std::uint8_t> out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const std::uint8_t value : values) {
    buffer = (buffer << from | value) & 0xfff;
    for (bits += from; bits >= to;) {
      bits -= to;
      out.push_back(static_cast<std::uint8_t>(buffer >> bits & ((1U << to) - 1)));
    }
  }
  const std::uint32_t rest = buffer & ((1U << bits) - 1);
  if (pad && bits > 0) out.push_back(static_cast<std::uint8_t>(rest << (to - bits)));
  if (!pad && (bits >= from || rest != 0)) return std::nullopt;
  return out;
}

bool valid_program(const WitnessProgram& program) {
  const std::size_t size = program.program.size();
  if (program.version < 0 || program.version > 16 || size < 2 || size > 40) return false;
  return program.version != 0 || size == 20 || size == 32;
}

Bech32Encoding encoding_for(int version) {
  return version == 0 ? Bech32Encoding::Bech32 : Bech32Encoding::Bech32m;
}

}  // namespace

std::string bech32_encode(const Bech32Text& text) {
  Remainder remainder(text.prefix);
  std::string encoded = text.prefix + '1';
  for (const std::uint8_t value : text.values) {
    remainder.add(value);
    encoded += kBech32Alphabet[value];
  }
  for (std::size_t i = 0; i < kBech32ChecksumSize; ++i) remainder.add(0);
  const std::uint32_t checksum = remainder.value() ^ final_constant(text.encoding);
  for (std::size_t i = 0; i < kBech32ChecksumSize; ++i) {
    encoded += kBech32Alphabet[checksum >> 5 * (kBech32ChecksumSize - 1 - i) & 31];
  }
  return encoded;
}

std::optional<Bech32Text> bech32_decode(std::string_view text) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (text.size() > kMaxText ||
      !std::ranges::all_of(text, [](char c) { return c > 32 && c < 127; }) ||
      (std::ranges::any_of(text, is_upper) && std::ranges::any_of(text, is_lower))) {
    return std::nullopt;
  }
  std::string lower(text);
  for (char& c : lower) {
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
  }

  const auto separator = lower.rfind('1');
  if (separator == std::string::npos || separator == 0 ||
      lower.size() - separator - 1 < kBech32ChecksumSize) {
    return std::nullopt;
  }
  Bech32Text decoded{Bech32Encoding::Bech32, lower.substr(0, separator), {}};
  Remainder remainder(decoded.prefix);
  for (const char c : std::string_view(lower).substr(separator + 1)) {
    const auto value = kBech32Alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    remainder.add(static_cast<unsigned>(value));
    decoded.values.push_back(static_cast<std::uint8_t>(value));
  }
  decoded.values.resize(decoded.values.size() - kBech32ChecksumSize);
  for (const auto encoding : {Bech32Encoding::Bech32, Bech32Encoding::Bech32m}) {
    decoded.encoding = encoding;
    if (remainder.value() == final_constant(encoding)) return decoded;
  }
  return std::nullopt;
}

std::string segwit_address(std::string_view prefix, const WitnessProgram& program) {
  std::vector<std::uint8_t> bytes;
  for (const std::byte b : program.program) bytes.push_back(std::to_integer<std::uint8_t>(b));
  std::vector<std::uint8_t> values = *regroup(bytes, 8, 5, true);
  values.insert(values.begin(), static_cast<std::uint8_t>(program.version));
  return bech32_encode({encoding_for(program.version), std::string(prefix), std::move(values)});
}

std::optional<WitnessProgram> parse_segwit_address(std::string_view prefix, std::string_view text) {
  const auto decoded = bech32_decode(text);
  if (!decoded || decoded->prefix != prefix || decoded->values.empty()) return std::nullopt;
  const auto bytes = regroup({decoded->values.begin() + 1, decoded->values.end()}, 5, 8, false);
  if (!bytes) return std::nullopt;

  WitnessProgram program{decoded->values.front(), {}};
  for (const std::uint8_t b : *bytes) program.program.push_back(std::byte{b});
  if (!valid_program(program) || decoded->encoding != encoding_for(program.version)) {
    return std::nullopt;
  }
  return program;
}

}  // namespace noderig
