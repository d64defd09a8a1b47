// Merkle trees over transaction ids: roots, branches, and the partial trees of merkleblock (BIP37).
// Pure functions and value types; any thread.
#pragma once

#include <noderig/p2p/primitives/serialize.h>
#include <span>
#include <vector>

namespace noderig::p2p {

// The root; zero for no leaves. A level of odd length repeats its last node, so other lists of
// leaves have the same root (CVE-2012-2459): `mutated`, when given, tells whether two equal nodes
// stand side by side, which no honest list of ids has.
Uint256 merkle_root(std::vector<Uint256> leaves, bool* mutated = nullptr);

// What leads from the leaf at `index` up to the root: one sibling a level, lowest first. Throws
// std::out_of_range when there is no such leaf.
std::vector<Uint256> merkle_branch(std::vector<Uint256> leaves, std::size_t index);

// The root that a leaf and its branch give.
Uint256 root_of_branch(const Uint256& leaf, std::span<const Uint256> branch, std::size_t index);

// Proof that some transactions are in a block. The fields are those on the wire and may hold
// anything; extract() judges them.
struct PartialMerkleTree {
  // More transactions than this do not fit into a block.
  static constexpr std::uint32_t kMaxTransactions = 4'000'000 / 240;

  std::uint32_t total = 0;        // transactions in the block
  std::vector<Uint256> hashes{};  // depth first
  Bytes flags{};                  // one bit for each node visited, lowest bit of a byte first

  struct Match {
    Uint256 txid{};
    std::uint32_t index = 0;  // place in the block
    friend bool operator==(const Match&, const Match&) = default;
  };
  struct Contents {
    Uint256 root{};  // to be compared with the header's
    std::vector<Match> matches{};
    friend bool operator==(const Contents&, const Contents&) = default;
  };

  // Proves those of `txids` whose entry in `matches` is true. The two must be of one length, not
  // empty; throws std::invalid_argument otherwise.
  static PartialMerkleTree build(std::span<const Uint256> txids, const std::vector<bool>& matches);

  // What the tree proves; nothing when it is not well formed: too few or too many hashes or flags,
  // a total that no block has, or equal siblings.
  std::optional<Contents> extract() const;

  void encode(Writer& writer) const;
  static PartialMerkleTree decode(Reader& reader);

  friend bool operator==(const PartialMerkleTree&, const PartialMerkleTree&) = default;
};

}  // namespace noderig::p2p
