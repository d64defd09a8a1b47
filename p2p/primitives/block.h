// Blocks and their headers. Plain values; nothing is validated and no hash is kept. Any thread.
#pragma once

#include <noderig/p2p/primitives/transaction.h>

namespace noderig::p2p {

struct BlockHeader {
  static constexpr std::size_t kSize = 80;  // bytes on the wire

  std::int32_t version = 0;
  Uint256 previous{};
  Uint256 merkle_root{};
  std::uint32_t time = 0;  // seconds since 1970
  std::uint32_t bits = 0;  // the target in compact form, see pow.h
  std::uint32_t nonce = 0;

  void encode(Writer& writer) const;
  static BlockHeader decode(Reader& reader);

  // The block's hash. Computed on each call.
  Uint256 hash() const;

  friend bool operator==(const BlockHeader&, const BlockHeader&) = default;
};

struct Block {
  BlockHeader header{};
  std::vector<Transaction> transactions{};

  void encode(Writer& writer) const;
  void encode_without_witness(Writer& writer) const;

  // Transactions in either form.
  static Block decode(Reader& reader);

  Uint256 hash() const { return header.hash(); }

  // Computed from the transactions, unlike header.merkle_root.
  Uint256 merkle_root() const;

  // The root over wtxids, with zero for the coinbase (BIP141). Zero for a block without
  // transactions.
  Uint256 witness_merkle_root() const;

  // What the coinbase commits to: the witness merkle root hashed with the reserved value, which is
  // the one item of the coinbase's witness.
  Uint256 witness_commitment(const Uint256& reserved_value = {}) const;

  std::size_t stripped_size() const;  // bytes without witnesses
  std::size_t total_size() const;     // bytes as encode() writes them
  std::size_t weight() const { return 3 * stripped_size() + total_size(); }

  friend bool operator==(const Block&, const Block&) = default;
};

}  // namespace noderig::p2p
