// sendtxrcncl: offers, before verack, to reconcile transaction sets (BIP330).
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct SendTxRcncl {
  static constexpr std::string_view kCommand = "sendtxrcncl";

  std::uint32_t version = 1;
  std::uint64_t salt = 0;

  void encode(Writer& writer) const { writer.integer(version).integer(salt); }
  static SendTxRcncl decode(Reader& reader) {
    SendTxRcncl message;
    message.version = reader.integer<std::uint32_t>("version");
    message.salt = reader.integer<std::uint64_t>("salt");
    return message;
  }
  std::string describe() const { return fmt::format("version={} salt={:016x}", version, salt); }

  friend bool operator==(const SendTxRcncl&, const SendTxRcncl&) = default;
};

}  // namespace noderig::p2p
