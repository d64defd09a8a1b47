// merkleblock: a header and the proof that the transactions which match a filter are in the block
// (BIP37).
#pragma once

#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/primitives/block.h>
#include <noderig/p2p/primitives/merkle.h>

namespace noderig::p2p {

struct MerkleBlock {
  static constexpr std::string_view kCommand = "merkleblock";

  BlockHeader header{};
  PartialMerkleTree tree{};

  void encode(Writer& writer) const {
    header.encode(writer);
    tree.encode(writer);
  }
  static MerkleBlock decode(Reader& reader) {
    MerkleBlock message;
    message.header = BlockHeader::decode(reader);
    message.tree = PartialMerkleTree::decode(reader);
    return message;
  }
  std::string describe() const;

  friend bool operator==(const MerkleBlock&, const MerkleBlock&) = default;
};

}  // namespace noderig::p2p
