// version: each side's first message.
#pragma once

#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/messages/net_address.h>
#include <chrono>

namespace noderig::p2p {

struct Version {
  static constexpr std::string_view kCommand = "version";
  static constexpr std::size_t kMaxUserAgent = 256;
  // The first version whose senders write `relay` (BIP37).
  static constexpr std::int32_t kRelayVersion = 70001;

  std::int32_t version = 70016;
  std::uint64_t services = 0;
  std::chrono::sys_seconds time{};
  NetAddress addr_recv{};
  NetAddress addr_from{};
  std::uint64_t nonce = 0;
  std::string user_agent{};
  std::int32_t start_height = 0;
  bool relay = true;  // not on the wire below kRelayVersion

  void encode(Writer& writer) const;
  static Version decode(Reader& reader);
  std::string describe() const;

  friend bool operator==(const Version&, const Version&) = default;
};

}  // namespace noderig::p2p
