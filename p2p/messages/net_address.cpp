#include <arpa/inet.h>
#include <fmt/format.h>
#include <noderig/p2p/messages/net_address.h>
#include <algorithm>
#include <utility>

namespace noderig::p2p {
namespace {

constexpr std::array<std::byte, 12> kIpv4Prefix = {
    std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0},    std::byte{0},
    std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0xff}, std::byte{0xff}};

constexpr std::pair<std::uint64_t, std::string_view> kServiceNames[] = {
    {kNodeNetwork, "network"},
    {kNodeBloom, "bloom"},
    {kNodeWitness, "witness"},
    {kNodeCompactFilters, "compact_filters"},
    {kNodeNetworkLimited, "network_limited"},
    {kNodeP2pV2, "p2p_v2"},
};

}  // namespace

std::string describe_services(std::uint64_t services) {
  std::string names;
  for (const auto& [bit, name] : kServiceNames) {
    if ((services & bit) == 0) continue;
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names.empty() ? fmt::format("{:#x}", services)
                       : fmt::format("{:#x} ({})", services, names);
}

std::string ip_to_string(ByteSpan address) {
  if (address.size() == 16 && std::ranges::equal(address.first(12), kIpv4Prefix)) {
    address = address.subspan(12);
  }
  if (address.size() != 4 && address.size() != 16) return {};
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(address.size() == 4 ? AF_INET : AF_INET6, address.data(), text, sizeof text);
  return text;
}

NetAddress NetAddress::ipv4(std::array<std::uint8_t, 4> address, std::uint16_t port,
                            std::uint64_t services) {
  NetAddress result{.services = services, .ip = {}, .port = port};
  std::ranges::copy(kIpv4Prefix, result.ip.begin());
  std::ranges::transform(address, result.ip.begin() + kIpv4Prefix.size(),
                         [](std::uint8_t part) { return std::byte{part}; });
  return result;
}

void NetAddress::encode(Writer& writer) const {
  writer.integer(services).bytes(ip).big_endian_16(port);
}

NetAddress NetAddress::decode(Reader& reader) {
  NetAddress address;
  address.services = reader.integer<std::uint64_t>("services");
  std::ranges::copy(reader.bytes(address.ip.size(), "ip"), address.ip.begin());
  address.port = reader.big_endian_16("port");
  return address;
}

std::string NetAddress::to_string() const {
  const std::string text = ip_to_string(ip);
  const bool v6 = text.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", text, port) : fmt::format("{}:{}", text, port);
}

}  // namespace noderig::p2p
