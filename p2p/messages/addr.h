// addr: known nodes, of the networks that fit into 16 bytes.
#pragma once

#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/messages/net_address.h>
#include <chrono>

namespace noderig::p2p {

struct TimedAddress {
  static constexpr std::size_t kEncodedSize = 4 + NetAddress::kEncodedSize;

  std::chrono::sys_seconds time{};  // last seen; 32 bits on the wire
  NetAddress address{};

  void encode(Writer& writer) const;
  static TimedAddress decode(Reader& reader);

  friend bool operator==(const TimedAddress&, const TimedAddress&) = default;
};

struct Addr {
  static constexpr std::string_view kCommand = "addr";
  static constexpr std::uint64_t kMaxAddresses = 1000;

  std::vector<TimedAddress> addresses{};

  void encode(Writer& writer) const { encode_list(writer, addresses); }
  static Addr decode(Reader& reader) {
    return {.addresses = decode_list<TimedAddress>(reader, "addresses", TimedAddress::kEncodedSize,
                                                   kMaxAddresses)};
  }
  std::string describe() const;

  friend bool operator==(const Addr&, const Addr&) = default;
};

}  // namespace noderig::p2p
