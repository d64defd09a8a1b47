// headers: block headers in chain order.
#pragma once

#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/primitives/block.h>

namespace noderig::p2p {

struct Headers {
  static constexpr std::string_view kCommand = "headers";
  static constexpr std::uint64_t kMaxHeaders = 2000;

  std::vector<BlockHeader> headers{};

  // Behind each header goes the count of transactions that a block would have there: always zero.
  void encode(Writer& writer) const;
  static Headers decode(Reader& reader);
  std::string describe() const;

  friend bool operator==(const Headers&, const Headers&) = default;
};

}  // namespace noderig::p2p
