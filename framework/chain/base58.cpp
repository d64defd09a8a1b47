#include <noderig/framework/chain/base58.h>
#include <noderig/p2p/primitives/hash.h>
#include <algorithm>

namespace noderig {
namespace {

constexpr std::string_view kBase58Alphabet =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t kBase58ChecksumSize = 4;

// number = number * factor + carry, for a number in digits of `base`, least significant first.
void multiply_add(std::vector<unsigned>& digits, unsigned base, unsigned factor, unsigned carry) {
  for (auto& digit : digits) {
    carry += digit * factor;
    digit = carry % base;
    carry /= base;
  }
  for (; carry > 0; carry /= base) digits.push_back(carry % base);
}

}  // namespace

std::string base58_encode(ByteSpan bytes) {
  std::vector<unsigned> digits;
  for (const std::byte b : bytes) multiply_add(digits, 58, 256, std::to_integer<unsigned>(b));

  const auto leading = std::ranges::find_if(bytes, [](std::byte b) { return b != std::byte{0}; });
  std::string text(static_cast<std::size_t>(leading - bytes.begin()), kBase58Alphabet[0]);
  std::for_each(digits.rbegin(), digits.rend(), [&](unsigned d) { text += kBase58Alphabet[d]; });
  return text;
}

std::optional<Bytes> base58_decode(std::string_view text) {
  std::vector<unsigned> digits;
  for (const char c : text) {
    const auto value = kBase58Alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    multiply_add(digits, 256, 58, static_cast<unsigned>(value));
  }
  Bytes bytes(std::min(text.find_first_not_of(kBase58Alphabet[0]), text.size()), std::byte{0});
  std::for_each(digits.rbegin(), digits.rend(),
                [&](unsigned d) { bytes.push_back(static_cast<std::byte>(d)); });
  return bytes;
}

std::string base58check_encode(ByteSpan payload) {
  const Uint256 checksum = p2p::sha256d(payload);
  Bytes bytes(payload.begin(), payload.end());
  bytes.insert(bytes.end(), checksum.wire().begin(), checksum.wire().begin() + kBase58ChecksumSize);
  return base58_encode(bytes);
}

std::optional<Bytes> base58check_decode(std::string_view text) {
  auto bytes = base58_decode(text);
  if (!bytes || bytes->size() < kBase58ChecksumSize) return std::nullopt;
  const auto payload_size = bytes->size() - kBase58ChecksumSize;
  const Uint256 checksum = p2p::sha256d(ByteSpan(*bytes).first(payload_size));
  if (!std::equal(bytes->begin() + static_cast<std::ptrdiff_t>(payload_size), bytes->end(),
                  checksum.wire().begin())) {
    return std::nullopt;
  }
  bytes->resize(payload_size);
  return bytes;
}

}  // namespace noderig
