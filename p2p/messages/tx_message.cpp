#include <noderig/p2p/messages/tx_message.h>

namespace noderig::p2p {

std::string TxMessage::describe() const {
  return fmt::format(
      "txid={} wtxid={} inputs={} outputs={}", tx.txid().to_string(), tx.wtxid().to_string(),
      describe_list(tx.inputs, [](const TxIn& input) { return input.prevout.to_string(); }),
      describe_list(tx.outputs, [](const TxOut& output) { return output.value.to_string(); }));
}

}  // namespace noderig::p2p
