// A node's address as version and addr carry it, and the service bits. Value types; any thread.
#pragma once

#include <noderig/p2p/primitives/bytes.h>
#include <noderig/p2p/primitives/serialize.h>
#include <array>
#include <cstdint>
#include <string>

namespace noderig::p2p {

// What a node offers, as bits of `services`.
inline constexpr std::uint64_t kNodeNetwork = 1 << 0;          // the whole chain
inline constexpr std::uint64_t kNodeBloom = 1 << 2;            // BIP111: filterload and so on
inline constexpr std::uint64_t kNodeWitness = 1 << 3;          // BIP144: blocks with witness
inline constexpr std::uint64_t kNodeCompactFilters = 1 << 6;   // BIP157: block filters
inline constexpr std::uint64_t kNodeNetworkLimited = 1 << 10;  // BIP159: the last 288 blocks
inline constexpr std::uint64_t kNodeP2pV2 = 1 << 11;           // BIP324: encrypted transport

// "0x409 (network, witness, network_limited)"; unknown bits only show in the number.
std::string describe_services(std::uint64_t services);

// An address of 4 or 16 bytes as IPv4 or IPv6 text ("192.0.2.1", "2001:db8::1"; 16 bytes that map
// IPv4 as IPv4). Empty for other lengths.
std::string ip_to_string(ByteSpan address);

struct NetAddress {
  static constexpr std::size_t kEncodedSize = 26;

  std::uint64_t services = 0;
  std::array<std::byte, 16> ip{};  // IPv6, or IPv4 mapped into it
  std::uint16_t port = 0;

  // An IPv4 address such as {127, 0, 0, 1}.
  static NetAddress ipv4(std::array<std::uint8_t, 4> address, std::uint16_t port,
                         std::uint64_t services = 0);

  void encode(Writer& writer) const;
  static NetAddress decode(Reader& reader);

  // "192.0.2.1:8333", "[2001:db8::1]:8333"
  std::string to_string() const;

  friend bool operator==(const NetAddress&, const NetAddress&) = default;
};

}  // namespace noderig::p2p
