#include <fmt/format.h>
#include <noderig/framework/chain/base58.h>
#include <noderig/framework/chain/descriptor.h>
#include <noderig/p2p/primitives/hash.h>
#include <stdexcept>

namespace noderig {
namespace {

// BIP380: a character's place, modulo 32, is a symbol of the code; the other bits of three
// characters in turn make one more symbol.
constexpr std::string_view kCharacters =
    "0123456789()[],'/*abcdefgh@:$%{}"
    "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~"
    "ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
constexpr std::string_view kChecksumCharacters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr int kChecksumLength = 8;

// The remainder of the code's polynomial, 40 bits, after one more symbol.
std::uint64_t next_remainder(std::uint64_t remainder, std::uint64_t symbol) {
  constexpr std::uint64_t kGenerator[] = {0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a,
                                          0x644d626ffd};
  const std::uint64_t top = remainder >> 35;
  remainder = ((remainder & 0x7ffffffff) << 5) ^ symbol;
  for (int bit = 0; bit < 5; ++bit) {
    if ((top >> bit & 1) != 0) remainder ^= kGenerator[bit];
  }
  return remainder;
}

// BIP32: version, depth, parent's fingerprint and number, chain code, key. The root has no parent.
std::string extended_key(ByteSpan version, const Key& key, ByteSpan key_bytes) {
  Bytes bytes(version.begin(), version.end());
  bytes.resize(bytes.size() + 1 + 4 + 4);
  const Uint256 chain_code = p2p::tagged_hash("noderig/chain code", key.secret());
  bytes.insert(bytes.end(), chain_code.wire().begin(), chain_code.wire().end());
  bytes.insert(bytes.end(), key_bytes.begin(), key_bytes.end());
  return base58check_encode(bytes);
}

std::string joined(std::string_view function, int required,
                   const std::vector<descriptor::KeyExpression>& keys) {
  std::string text = fmt::format("{}({}", function, required);
  for (const auto& key : keys) text += "," + key.to_string();
  return text + ")";
}

}  // namespace

std::optional<std::string> descriptor_checksum(std::string_view descriptor) {
  std::uint64_t remainder = 1;
  std::uint64_t group = 0;
  int grouped = 0;
  for (const char character : descriptor) {
    const auto place = kCharacters.find(character);
    if (place == std::string_view::npos) return std::nullopt;
    remainder = next_remainder(remainder, place & 31);
    group = group * 3 + (place >> 5);
    if (++grouped == 3) {
      remainder = next_remainder(remainder, group);
      group = 0;
      grouped = 0;
    }
  }
  if (grouped > 0) remainder = next_remainder(remainder, group);
  for (int i = 0; i < kChecksumLength; ++i) remainder = next_remainder(remainder, 0);
  remainder ^= 1;

  std::string checksum;
  for (int i = 0; i < kChecksumLength; ++i) {
    checksum += kChecksumCharacters[remainder >> (5 * (kChecksumLength - 1 - i)) & 31];
  }
  return checksum;
}

std::string with_checksum(std::string_view descriptor) {
  const auto checksum = descriptor_checksum(descriptor);
  if (!checksum) {
    throw std::invalid_argument(
        fmt::format("'{}' has a character that descriptors do not have", descriptor));
  }
  return fmt::format("{}#{}", descriptor, *checksum);
}

bool has_valid_checksum(std::string_view text) {
  const auto mark = text.rfind('#');
  if (mark == std::string_view::npos) return false;
  return descriptor_checksum(text.substr(0, mark)) == text.substr(mark + 1);
}

std::string extended_private_key(const Key& key) {
  Bytes padded{std::byte{0}};
  padded.insert(padded.end(), key.secret().begin(), key.secret().end());
  return extended_key(bytes_from_hex("04358394"), key, padded);
}

std::string extended_public_key(const Key& key) {
  return extended_key(bytes_from_hex("043587cf"), key, key.public_key().bytes());
}

namespace descriptor {

std::string pk(const KeyExpression& key) {
  return fmt::format("pk({})", key.to_string());
}

std::string pkh(const KeyExpression& key) {
  return fmt::format("pkh({})", key.to_string());
}

std::string wpkh(const KeyExpression& key) {
  return fmt::format("wpkh({})", key.to_string());
}

std::string tr(const KeyExpression& internal_key) {
  return fmt::format("tr({})", internal_key.to_string());
}

std::string multi(int required, const std::vector<KeyExpression>& keys) {
  return joined("multi", required, keys);
}

std::string sortedmulti(int required, const std::vector<KeyExpression>& keys) {
  return joined("sortedmulti", required, keys);
}

std::string sh(std::string_view inner) {
  return fmt::format("sh({})", inner);
}

std::string wsh(std::string_view inner) {
  return fmt::format("wsh({})", inner);
}

std::string raw(const p2p::Script& script) {
  return fmt::format("raw({})", script.to_hex());
}

std::string addr(std::string_view address) {
  return fmt::format("addr({})", address);
}

}  // namespace descriptor
}  // namespace noderig
