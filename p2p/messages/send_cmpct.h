// sendcmpct: offers compact blocks and says how they are wanted (BIP152).
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct SendCmpct {
  static constexpr std::string_view kCommand = "sendcmpct";

  // 1: announce new blocks by cmpctblock unasked; 0: by headers or inv. The protocol allows no
  // other value, but one can be sent and is decoded.
  std::uint8_t announce = 0;
  std::uint64_t version = 2;  // 2: short ids are made of wtxids; 1: of txids

  void encode(Writer& writer) const { writer.integer(announce).integer(version); }
  static SendCmpct decode(Reader& reader) {
    SendCmpct message;
    message.announce = reader.integer<std::uint8_t>("announce");
    message.version = reader.integer<std::uint64_t>("version");
    return message;
  }
  std::string describe() const { return fmt::format("announce={} version={}", announce, version); }

  friend bool operator==(const SendCmpct&, const SendCmpct&) = default;
};

}  // namespace noderig::p2p
