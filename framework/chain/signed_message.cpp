#include <noderig/framework/chain/signed_message.h>
#include <noderig/p2p/primitives/hash.h>
#include <noderig/p2p/primitives/serialize.h>
#include <openssl/evp.h>
#include <algorithm>

namespace noderig {
namespace {

constexpr std::size_t kNumberBytes = 32;
constexpr std::size_t kSignatureBytes = 1 + 2 * kNumberBytes;
// 65 bytes are 21 groups of three and two more, with one filling character.
constexpr std::size_t kBase64Characters = 88;
constexpr std::byte kDerInteger{0x02};
constexpr std::byte kDerSequence{0x30};

// A DER integer: without leading zeros, but with one where the number would look negative.
Bytes der_integer(ByteSpan number) {
  const auto first = std::ranges::find_if(number.first(number.size() - 1),
                                          [](std::byte b) { return b != std::byte{0}; });
  Bytes digits(first, number.end());
  if ((digits.front() & std::byte{0x80}) != std::byte{0})
    digits.insert(digits.begin(), std::byte{0});
  digits.insert(digits.begin(), {kDerInteger, static_cast<std::byte>(digits.size())});
  return digits;
}

}  // namespace

Uint256 signed_message_hash(std::string_view text) {
  p2p::Writer writer;
  writer.var_string("Bitcoin Signed Message:\n").var_string(text);
  return p2p::sha256d(writer.written());
}

bool verify_signed_message(const PublicKey& key, std::string_view base64, std::string_view text) {
  if (base64.size() != kBase64Characters) return false;
  std::array<std::byte, kSignatureBytes + 1> decoded;  // the filling character counts as a zero
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                   reinterpret_cast<const unsigned char*>(base64.data()),
                                   static_cast<int>(base64.size()));
  if (size != static_cast<int>(decoded.size())) return false;
  Bytes der = der_integer(ByteSpan(decoded).subspan(1, kNumberBytes));
  const Bytes s = der_integer(ByteSpan(decoded).subspan(1 + kNumberBytes, kNumberBytes));
  der.insert(der.end(), s.begin(), s.end());
  der.insert(der.begin(), {kDerSequence, static_cast<std::byte>(der.size())});
  return key.verify(signed_message_hash(text), der);
}

}  // namespace noderig
