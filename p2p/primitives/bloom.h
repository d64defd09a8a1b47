// Bloom filters as light clients load them into nodes (BIP37). Value type; any thread.
#pragma once

#include <noderig/p2p/primitives/transaction.h>

namespace noderig::p2p {

// MurmurHash3, x86, 32 bits.
std::uint32_t murmur3(std::uint32_t seed, ByteSpan data);

// The fields are those of a filterload message.
struct BloomFilter {
  static constexpr std::size_t kMaxBytes = 36'000;
  static constexpr std::uint32_t kMaxHashFunctions = 50;

  Bytes bits{};
  std::uint32_t hash_functions = 0;
  std::uint32_t tweak = 0;  // makes filters over equal data differ

  // Sized for `elements` at that rate of false positives (between 0 and 1), within the protocol's
  // limits.
  static BloomFilter sized_for(std::size_t elements, double false_positive_rate,
                               std::uint32_t filter_tweak);

  void insert(ByteSpan data);
  void insert(const Uint256& hash) { insert(ByteSpan(hash.wire())); }
  void insert(const OutPoint& outpoint);

  // Whether `data` may have been inserted. A filter of no bytes contains everything.
  bool contains(ByteSpan data) const;
  bool contains(const Uint256& hash) const { return contains(ByteSpan(hash.wire())); }
  bool contains(const OutPoint& outpoint) const;

  friend bool operator==(const BloomFilter&, const BloomFilter&) = default;
};

}  // namespace noderig::p2p
