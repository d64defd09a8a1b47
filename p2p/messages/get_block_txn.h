// getblocktxn: asks for those transactions of a compact block that the sender lacks (BIP152).
#pragma once

#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/primitives/compact_block.h>

namespace noderig::p2p {

struct GetBlockTxn {
  static constexpr std::string_view kCommand = "getblocktxn";

  Uint256 block_hash{};
  std::vector<std::uint16_t> indexes{};  // places in the block, ascending; differences on the wire

  void encode(Writer& writer) const {
    writer.uint256(block_hash);
    encode_differential(writer, indexes);
  }
  static GetBlockTxn decode(Reader& reader) {
    GetBlockTxn message;
    message.block_hash = reader.uint256("block hash");
    message.indexes = decode_differential(reader);
    return message;
  }
  std::string describe() const {
    return fmt::format("block_hash={} indexes={}", block_hash.to_string(),
                       describe_list(
                           indexes, [](auto index) { return std::to_string(index); }, 16));
  }

  friend bool operator==(const GetBlockTxn&, const GetBlockTxn&) = default;
};

}  // namespace noderig::p2p
