// block: a whole block, with witness when it was asked for so.
#pragma once

#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/primitives/block.h>

namespace noderig::p2p {

struct BlockMessage {
  static constexpr std::string_view kCommand = "block";

  Block block{};

  void encode(Writer& writer) const { block.encode(writer); }
  static BlockMessage decode(Reader& reader) { return {.block = Block::decode(reader)}; }
  std::string describe() const;

  friend bool operator==(const BlockMessage&, const BlockMessage&) = default;
};

}  // namespace noderig::p2p
