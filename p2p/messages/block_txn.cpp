#include <noderig/p2p/messages/block_txn.h>

namespace noderig::p2p {
namespace {

// Version, no inputs, no outputs, lock time.
constexpr std::size_t kMinTransactionSize = 10;

}  // namespace

BlockTxn BlockTxn::decode(Reader& reader) {
  BlockTxn message;
  message.block_hash = reader.uint256("block hash");
  message.transactions = decode_list<Transaction>(reader, "transactions", kMinTransactionSize);
  return message;
}

std::string BlockTxn::describe() const {
  return fmt::format(
      "block_hash={} transactions={}", block_hash.to_string(),
      describe_list(transactions, [](const Transaction& tx) { return tx.txid().to_string(); }));
}

}  // namespace noderig::p2p
