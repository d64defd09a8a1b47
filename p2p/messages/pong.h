// pong: answers a ping with its nonce (BIP31).
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct Pong {
  static constexpr std::string_view kCommand = "pong";

  std::uint64_t nonce = 0;

  void encode(Writer& writer) const { writer.integer(nonce); }
  static Pong decode(Reader& reader) { return {.nonce = reader.integer<std::uint64_t>("nonce")}; }
  std::string describe() const { return fmt::format("nonce={:016x}", nonce); }

  friend bool operator==(const Pong&, const Pong&) = default;
};

}  // namespace noderig::p2p
