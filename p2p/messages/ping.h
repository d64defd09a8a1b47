// ping: asks for a pong with the same nonce (BIP31).
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct Ping {
  static constexpr std::string_view kCommand = "ping";

  std::uint64_t nonce = 0;

  void encode(Writer& writer) const { writer.integer(nonce); }
  static Ping decode(Reader& reader) { return {.nonce = reader.integer<std::uint64_t>("nonce")}; }
  std::string describe() const { return fmt::format("nonce={:016x}", nonce); }

  friend bool operator==(const Ping&, const Ping&) = default;
};

}  // namespace noderig::p2p
