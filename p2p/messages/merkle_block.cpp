#include <noderig/p2p/messages/merkle_block.h>

namespace noderig::p2p {

std::string MerkleBlock::describe() const {
  return fmt::format("hash={} transactions={} hashes={} flags={}", header.hash().to_string(),
                     tree.total, describe_list(tree.hashes), describe_bytes(tree.flags));
}

}  // namespace noderig::p2p
