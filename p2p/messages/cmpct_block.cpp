#include <noderig/p2p/messages/cmpct_block.h>

namespace noderig::p2p {

std::string CmpctBlock::describe() const {
  return fmt::format(
      "hash={} nonce={:016x} short_ids={} prefilled={}", block.header.hash().to_string(),
      block.nonce,
      describe_list(block.short_ids, [](std::uint64_t id) { return fmt::format("{:012x}", id); }),
      describe_list(block.prefilled, [](const PrefilledTransaction& one) {
        return fmt::format("{}: {}", one.index, one.transaction.txid().to_string());
      }));
}

}  // namespace noderig::p2p
