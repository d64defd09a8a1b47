// addrv2: known nodes of any network (BIP155).
#pragma once

#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/messages/net_address.h>
#include <chrono>
#include <optional>

namespace noderig::p2p {

// Networks that are not listed here are kept as the number they are, with addresses of any length.
enum class AddressNetwork : std::uint8_t {
  Ipv4 = 1,
  Ipv6 = 2,
  TorV2 = 3,
  TorV3 = 4,
  I2p = 5,
  Cjdns = 6,
  Yggdrasil = 7,
};

// "ipv4"; "network_9" for an unknown network.
std::string to_string(AddressNetwork network);

// How many bytes an address of the network has; nothing for an unknown network.
std::optional<std::size_t> address_size(AddressNetwork network);

struct AddressV2 {
  static constexpr std::uint64_t kMaxAddressSize = 512;

  std::chrono::sys_seconds time{};  // last seen; 32 bits on the wire
  std::uint64_t services = 0;       // a compact size on the wire
  AddressNetwork network = AddressNetwork::Ipv4;
  Bytes address{};
  std::uint16_t port = 0;

  void encode(Writer& writer) const;
  // Malformed when the address's length is not its network's.
  static AddressV2 decode(Reader& reader);

  // "192.0.2.1:8333", "[fc00::1]:8333"; addresses that are no IP address in hexadecimal:
  // "tor_v3 79bc...:8333".
  std::string to_string() const;

  friend bool operator==(const AddressV2&, const AddressV2&) = default;
};

struct AddrV2 {
  static constexpr std::string_view kCommand = "addrv2";
  static constexpr std::uint64_t kMaxAddresses = 1000;

  std::vector<AddressV2> addresses{};

  void encode(Writer& writer) const { encode_list(writer, addresses); }
  static AddrV2 decode(Reader& reader);
  std::string describe() const;

  friend bool operator==(const AddrV2&, const AddrV2&) = default;
};

}  // namespace noderig::p2p
