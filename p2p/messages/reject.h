// reject: says why a message was refused (BIP61). Core has not sent it since version 0.20; bcoin
// does.
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct Reject {
  static constexpr std::string_view kCommand = "reject";
  static constexpr std::uint64_t kMaxMessageSize = 12;
  static constexpr std::uint64_t kMaxReasonSize = 111;

  std::string message;    // the command of what was refused
  std::uint8_t code = 0;  // such as 0x10 invalid, 0x12 duplicate, 0x40 nonstandard
  std::string reason{};
  Uint256 hash;  // of the transaction or block refused; on the wire only when message names one

  void encode(Writer& writer) const;
  static Reject decode(Reader& reader);
  std::string describe() const;

  bool has_hash() const { return message == "tx" || message == "block"; }

  friend bool operator==(const Reject&, const Reject&) = default;
};

}  // namespace noderig::p2p
