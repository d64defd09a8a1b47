// tx: a transaction.
#pragma once

#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/primitives/transaction.h>

namespace noderig::p2p {

struct TxMessage {
  static constexpr std::string_view kCommand = "tx";

  Transaction tx{};

  void encode(Writer& writer) const { tx.encode(writer); }
  static TxMessage decode(Reader& reader) { return {.tx = Transaction::decode(reader)}; }
  std::string describe() const;

  friend bool operator==(const TxMessage&, const TxMessage&) = default;
};

}  // namespace noderig::p2p
