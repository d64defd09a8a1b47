#include <noderig/p2p/messages/block_message.h>

namespace noderig::p2p {

std::string BlockMessage::describe() const {
  return fmt::format("hash={} previous={} time={} transactions={}", block.hash().to_string(),
                     block.header.previous.to_string(), block.header.time,
                     describe_list(block.transactions,
                                   [](const Transaction& tx) { return tx.txid().to_string(); }));
}

}  // namespace noderig::p2p
