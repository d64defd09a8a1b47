// cmpctblock: a block as its header, short transaction ids and a few whole transactions (BIP152).
#pragma once

#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/primitives/compact_block.h>

namespace noderig::p2p {

struct CmpctBlock {
  static constexpr std::string_view kCommand = "cmpctblock";

  CompactBlock block{};

  void encode(Writer& writer) const { block.encode(writer); }
  static CmpctBlock decode(Reader& reader) { return {.block = CompactBlock::decode(reader)}; }
  std::string describe() const;

  friend bool operator==(const CmpctBlock&, const CmpctBlock&) = default;
};

}  // namespace noderig::p2p
