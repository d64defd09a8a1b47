// Keys and signatures on secp256k1. For regtest only, never for money: secrets come from phrases
// and seeds, are not wiped from memory and are printed where that helps a test.
//
// Value types; any thread. The library's context is made once a process, randomised, and only read
// from then on.
#pragma once

#include <noderig/p2p/primitives/bytes.h>
#include <noderig/p2p/primitives/uint256.h>
#include <array>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace noderig {

using XOnlyKey = std::array<std::byte, 32>;
using SchnorrSignature = std::array<std::byte, 64>;

class PublicKey {
 public:
  static constexpr std::size_t kSize = 33;

  // Reads a compressed or an uncompressed key; nothing when it is not on the curve.
  static std::optional<PublicKey> parse(ByteSpan bytes);

  // The compressed encoding: 02 or 03, then X.
  const std::array<std::byte, kSize>& bytes() const { return bytes_; }

  // The uncompressed encoding: 04, X, Y.
  std::array<std::byte, 65> uncompressed() const;

  // X alone, as BIP340 and BIP341 use it.
  XOnlyKey x_only() const;

  // Whether `der`, without a sighash byte, is this key's signature of `hash`. Nodes' rule: S must
  // be in its lower half.
  bool verify(const Uint256& hash, ByteSpan der) const;

  std::string to_string() const { return to_hex(bytes_); }

  friend bool operator==(const PublicKey&, const PublicKey&) = default;

 private:
  friend class Key;
  explicit PublicKey(const std::array<std::byte, kSize>& bytes) : bytes_(bytes) {}

  std::array<std::byte, kSize> bytes_;
};

// Whether `signature` is the BIP340 signature of `message` by `key`; false also for a key that is
// not on the curve.
bool verify_schnorr(const XOnlyKey& key, ByteSpan message, const SchnorrSignature& signature);

class Key {
 public:
  // Takes 32 secret bytes, most significant first. Throws std::invalid_argument when they are no
  // valid secret: zero, or not below the order of the group.
  explicit Key(ByteSpan secret);

  // The key whose secret is the SHA-256 of `phrase`.
  static Key from_phrase(std::string_view phrase);

  // The next key from a seeded generator.
  static Key from_generator(std::mt19937_64& generator);

  const std::array<std::byte, 32>& secret() const { return secret_; }
  const PublicKey& public_key() const { return public_key_; }

  // The ECDSA signature of `hash` in DER, without a sighash byte: 70 bytes or, rarely, fewer, since
  // S is in its lower half and nonces are tried until R is too, as nodes' wallets do. The same
  // input always gives the same signature.
  Bytes sign(const Uint256& hash) const;

  // The BIP340 signature of `message` with the auxiliary bytes `aux`.
  SchnorrSignature sign_schnorr(ByteSpan message, const std::array<std::byte, 32>& aux = {}) const;

  // This key tweaked for a taproot output (BIP341) that commits to `merkle_root`, or to no script.
  Key taproot_tweaked(const std::optional<Uint256>& merkle_root = std::nullopt) const;

  // Wallet import format for regtest and testnet (prefix 0xef), for a compressed public key.
  std::string wif() const;

  // Reads wif(); nothing for another prefix, a wrong checksum or an uncompressed key.
  static std::optional<Key> from_wif(std::string_view text);

  friend bool operator==(const Key&, const Key&) = default;

 private:
  std::array<std::byte, 32> secret_;
  PublicKey public_key_;
};

}  // namespace noderig
