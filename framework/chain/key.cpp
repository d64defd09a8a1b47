#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

#include <noderig/framework/chain/base58.h>
#include <noderig/framework/chain/key.h>
#include <noderig/p2p/primitives/hash.h>
#include <algorithm>
#include <memory>
#include <stdexcept>

namespace noderig {
namespace {

constexpr std::byte kWifPrefix{0xef};
constexpr std::byte kWifCompressed{0x01};

unsigned char* raw(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}
const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

struct DestroyContext {
  void operator()(secp256k1_context* made) const { secp256k1_context_destroy(made); }
};

const secp256k1_context* context() {
  static const auto instance = [] {
    std::unique_ptr<secp256k1_context, DestroyContext> made(
        secp256k1_context_create(SECP256K1_CONTEXT_NONE));
    std::array<unsigned char, 32> seed;
    std::random_device device;
    std::ranges::generate(seed, [&] { return static_cast<unsigned char>(device()); });
    // Blinds the computation against observers; results do not depend on it.
    if (secp256k1_context_randomize(made.get(), seed.data()) != 1) {
      throw std::runtime_error("secp256k1_context_randomize failed");
    }
    return made;
  }();
  return instance.get();
}

// For calls that fail only on arguments that this file never makes.
void require(int result, const char* call) {
  if (result != 1) throw std::logic_error(std::string(call) + " failed");
}

secp256k1_pubkey parsed(const PublicKey& key) {
  secp256k1_pubkey point;
  require(secp256k1_ec_pubkey_parse(context(), &point, raw(key.bytes().data()), PublicKey::kSize),
          "secp256k1_ec_pubkey_parse");
  return point;
}

std::array<std::byte, PublicKey::kSize> compressed(const secp256k1_pubkey& point) {
  std::array<std::byte, PublicKey::kSize> bytes;
  std::size_t size = bytes.size();
  require(secp256k1_ec_pubkey_serialize(context(), raw(bytes.data()), &size, &point,
                                        SECP256K1_EC_COMPRESSED),
          "secp256k1_ec_pubkey_serialize");
  return bytes;
}

std::array<std::byte, 32> secret_of(ByteSpan bytes) {
  std::array<std::byte, 32> secret;
  if (bytes.size() != secret.size()) {
    throw std::invalid_argument("a secret key has 32 bytes, not " + std::to_string(bytes.size()));
  }
  std::ranges::copy(bytes, secret.begin());
  if (secp256k1_ec_seckey_verify(context(), raw(secret.data())) != 1) {
    throw std::invalid_argument("a secret key must be above zero and below the group's order");
  }
  return secret;
}

std::array<std::byte, PublicKey::kSize> public_bytes(const std::array<std::byte, 32>& secret) {
  secp256k1_pubkey point;
  require(secp256k1_ec_pubkey_create(context(), &point, raw(secret.data())),
          "secp256k1_ec_pubkey_create");
  return compressed(point);
}

secp256k1_keypair keypair_of(const std::array<std::byte, 32>& secret) {
  secp256k1_keypair pair;
  require(secp256k1_keypair_create(context(), &pair, raw(secret.data())),
          "secp256k1_keypair_create");
  return pair;
}

}  // namespace

std::optional<PublicKey> PublicKey::parse(ByteSpan bytes) {
  if (bytes.empty()) return std::nullopt;  // the library takes no null pointer
  secp256k1_pubkey point;
  if (secp256k1_ec_pubkey_parse(context(), &point, raw(bytes.data()), bytes.size()) != 1) {
    return std::nullopt;
  }
  return PublicKey(compressed(point));
}

std::array<std::byte, 65> PublicKey::uncompressed() const {
  const secp256k1_pubkey point = parsed(*this);
  std::array<std::byte, 65> bytes;
  std::size_t size = bytes.size();
  require(secp256k1_ec_pubkey_serialize(context(), raw(bytes.data()), &size, &point,
                                        SECP256K1_EC_UNCOMPRESSED),
          "secp256k1_ec_pubkey_serialize");
  return bytes;
}

XOnlyKey PublicKey::x_only() const {
  XOnlyKey x;
  std::copy(bytes_.begin() + 1, bytes_.end(), x.begin());
  return x;
}

bool PublicKey::verify(const Uint256& hash, ByteSpan der) const {
  if (der.empty()) return false;
  secp256k1_ecdsa_signature signature;
  if (secp256k1_ecdsa_signature_parse_der(context(), &signature, raw(der.data()), der.size()) !=
      1) {
    return false;
  }
  const secp256k1_pubkey point = parsed(*this);
  return secp256k1_ecdsa_verify(context(), &signature, raw(hash.wire().data()), &point) == 1;
}

bool verify_schnorr(const XOnlyKey& key, ByteSpan message, const SchnorrSignature& signature) {
  secp256k1_xonly_pubkey point;
  if (secp256k1_xonly_pubkey_parse(context(), &point, raw(key.data())) != 1) return false;
  return secp256k1_schnorrsig_verify(context(), raw(signature.data()), raw(message.data()),
                                     message.size(), &point) == 1;
}

Key::Key(ByteSpan secret) : secret_(secret_of(secret)), public_key_(public_bytes(secret_)) {}

Key Key::from_phrase(std::string_view phrase) {
  return Key(p2p::sha256(as_byte_span(phrase)).wire());
}

Key Key::from_generator(std::mt19937_64& generator) {
  while (true) {
    std::array<std::byte, 32> secret;
    for (std::size_t i = 0; i < secret.size(); i += 8) {
      const std::uint64_t word = generator();
      for (std::size_t j = 0; j < 8; ++j) secret[i + j] = static_cast<std::byte>(word >> (8 * j));
    }
    if (secp256k1_ec_seckey_verify(context(), raw(secret.data())) == 1) return Key(secret);
  }
}

Bytes Key::sign(const Uint256& hash) const {
  secp256k1_ecdsa_signature signature;
  std::array<unsigned char, 64> compact;
  std::array<unsigned char, 32> extra{};
  // The first try is plain RFC 6979; each further one adds a counter to the nonce's input.
  for (std::uint32_t tries = 0;; ++tries) {
    for (std::size_t i = 0; i < 4; ++i) extra[i] = static_cast<unsigned char>(tries >> (8 * i));
    require(
        secp256k1_ecdsa_sign(context(), &signature, raw(hash.wire().data()), raw(secret_.data()),
                             secp256k1_nonce_function_rfc6979, tries == 0 ? nullptr : extra.data()),
        "secp256k1_ecdsa_sign");
    secp256k1_ecdsa_signature_serialize_compact(context(), compact.data(), &signature);
    const bool low_r = compact[0] < 0x80;
    if (low_r) break;
  }
  Bytes der(72);
  std::size_t size = der.size();
  require(secp256k1_ecdsa_signature_serialize_der(context(), raw(der.data()), &size, &signature),
          "secp256k1_ecdsa_signature_serialize_der");
  der.resize(size);
  return der;
}

SchnorrSignature Key::sign_schnorr(ByteSpan message, const std::array<std::byte, 32>& aux) const {
  const secp256k1_keypair pair = keypair_of(secret_);
  secp256k1_schnorrsig_extraparams parameters = SECP256K1_SCHNORRSIG_EXTRAPARAMS_INIT;
  auto aux_copy = aux;
  parameters.ndata = aux_copy.data();
  SchnorrSignature signature;
  require(secp256k1_schnorrsig_sign_custom(context(), raw(signature.data()), raw(message.data()),
                                           message.size(), &pair, &parameters),
          "secp256k1_schnorrsig_sign_custom");
  return signature;
}

Key Key::taproot_tweaked(const std::optional<Uint256>& merkle_root) const {
  secp256k1_keypair pair = keypair_of(secret_);
  const XOnlyKey x = public_key_.x_only();
  Bytes committed(x.begin(), x.end());
  if (merkle_root) {
    committed.insert(committed.end(), merkle_root->wire().begin(), merkle_root->wire().end());
  }
  const Uint256 tweak = p2p::tagged_hash("TapTweak", committed);
  require(secp256k1_keypair_xonly_tweak_add(context(), &pair, raw(tweak.wire().data())),
          "secp256k1_keypair_xonly_tweak_add");
  std::array<std::byte, 32> secret;
  require(secp256k1_keypair_sec(context(), raw(secret.data()), &pair), "secp256k1_keypair_sec");
  return Key(secret);
}

std::string Key::wif() const {
  Bytes payload{kWifPrefix};
  payload.insert(payload.end(), secret_.begin(), secret_.end());
  payload.push_back(kWifCompressed);
  return base58check_encode(payload);
}

std::optional<Key> Key::from_wif(std::string_view text) {
  const auto payload = base58check_decode(text);
  if (!payload || payload->size() != 34 || payload->front() != kWifPrefix ||
      payload->back() != kWifCompressed) {
    return std::nullopt;
  }
  const ByteSpan secret = ByteSpan(*payload).subspan(1, 32);
  if (secp256k1_ec_seckey_verify(context(), raw(secret.data())) != 1) return std::nullopt;
  return Key(secret);
}

}  // namespace noderig
