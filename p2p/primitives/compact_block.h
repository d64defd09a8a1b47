// Compact blocks (BIP152, version 2): a header, six-byte ids of most transactions, and a few whole
// ones. Value types; any thread.
#pragma once

#include <noderig/p2p/primitives/block.h>
#include <span>

namespace noderig::p2p {

// Places in a block on the wire: a count, then each place as its distance from the one before, less
// one. Any list can be written, so that wrong ones can be sent: a distance below zero is taken
// modulo 2^16, which readers refuse. Decoding calls a place past 65535 Malformed.
void encode_differential(Writer& writer, std::span<const std::uint16_t> indexes);
std::vector<std::uint16_t> decode_differential(Reader& reader);

// The SipHash key of one compact block.
struct ShortIdKey {
  std::uint64_t k0 = 0;
  std::uint64_t k1 = 0;

  ShortIdKey(const BlockHeader& header, std::uint64_t nonce);
};

// The lowest 48 bits of the keyed hash.
std::uint64_t short_id(const ShortIdKey& key, const Uint256& wtxid);

struct PrefilledTransaction {
  std::uint16_t index = 0;  // place in the block, not the difference that travels
  Transaction transaction{};

  friend bool operator==(const PrefilledTransaction&, const PrefilledTransaction&) = default;
};

struct CompactBlock {
  // Bytes of a short id on the wire.
  static constexpr std::size_t kShortIdSize = 6;

  BlockHeader header{};
  std::uint64_t nonce = 0;
  std::vector<std::uint64_t> short_ids{};         // of the other transactions, in block order
  std::vector<PrefilledTransaction> prefilled{};  // ascending; may point past the end of the block

  void encode(Writer& writer) const;
  static CompactBlock decode(Reader& reader);

  // `prefilled` are the ascending places of the transactions to send whole. Throws
  // std::out_of_range when the block has no such transaction.
  static CompactBlock from_block(const Block& block, std::uint64_t nonce = 0,
                                 const std::vector<std::uint16_t>& prefilled = {0});

  Uint256 hash() const { return header.hash(); }
  ShortIdKey key() const { return {header, nonce}; }

  // How many transactions the block has.
  std::size_t transaction_count() const { return short_ids.size() + prefilled.size(); }

  struct Reconstruction {
    std::optional<Block> block{};          // when nothing is missing
    std::vector<std::uint16_t> missing{};  // ascending: what to ask for with getblocktxn
  };

  // Puts the block together from `available` transactions in any order. A short id that two of them
  // share counts as missing. If the result does not have the header's merkle root, all that is not
  // prefilled is missing. Throws std::invalid_argument when the prefilled indexes point past the
  // end or do not ascend.
  Reconstruction reconstruct(std::span<const Transaction> available) const;

  friend bool operator==(const CompactBlock&, const CompactBlock&) = default;
};

}  // namespace noderig::p2p
