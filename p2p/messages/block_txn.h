// blocktxn: the transactions that a getblocktxn asked for, in its order (BIP152).
#pragma once

#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/primitives/transaction.h>

namespace noderig::p2p {

struct BlockTxn {
  static constexpr std::string_view kCommand = "blocktxn";

  Uint256 block_hash{};
  std::vector<Transaction> transactions{};

  void encode(Writer& writer) const {
    writer.uint256(block_hash);
    encode_list(writer, transactions);
  }
  static BlockTxn decode(Reader& reader);
  std::string describe() const;

  friend bool operator==(const BlockTxn&, const BlockTxn&) = default;
};

}  // namespace noderig::p2p
