#include <noderig/p2p/messages/addr_v2.h>
#include <limits>

namespace noderig::p2p {
namespace {

// Time, services, network, the address's length, port, and no byte of address.
constexpr std::size_t kMinEncodedSize = 4 + 1 + 1 + 1 + 2;

struct NetworkInfo {
  AddressNetwork network;
  std::string_view name;
  std::size_t address_size;
};

constexpr NetworkInfo kNetworks[] = {
    {AddressNetwork::Ipv4, "ipv4", 4},
    {AddressNetwork::Ipv6, "ipv6", 16},
    {AddressNetwork::TorV2, "tor_v2", 10},
    {AddressNetwork::TorV3, "tor_v3", 32},
    {AddressNetwork::I2p, "i2p", 32},
    {AddressNetwork::Cjdns, "cjdns", 16},
    {AddressNetwork::Yggdrasil, "yggdrasil", 16},
};

const NetworkInfo* find(AddressNetwork network) {
  const auto* const found = std::ranges::find(kNetworks, network, &NetworkInfo::network);
  return found == std::end(kNetworks) ? nullptr : found;
}

}  // namespace

std::string to_string(AddressNetwork network) {
  const NetworkInfo* info = find(network);
  return info ? std::string(info->name)
              : "network_" + std::to_string(static_cast<unsigned>(network));
}

std::optional<std::size_t> address_size(AddressNetwork network) {
  const NetworkInfo* info = find(network);
  if (!info) return std::nullopt;
  return info->address_size;
}

void AddressV2::encode(Writer& writer) const {
  writer.integer(static_cast<std::uint32_t>(time.time_since_epoch().count()));
  writer.compact_size(services).integer(static_cast<std::uint8_t>(network));
  writer.var_bytes(address).big_endian_16(port);
}

AddressV2 AddressV2::decode(Reader& reader) {
  AddressV2 result;
  result.time =
      std::chrono::sys_seconds(std::chrono::seconds(reader.integer<std::uint32_t>("time")));
  result.services = reader.compact_size("services", std::numeric_limits<std::uint64_t>::max());
  result.network = static_cast<AddressNetwork>(reader.integer<std::uint8_t>("network"));
  const std::size_t length_at = reader.offset();
  const ByteSpan address = reader.var_bytes("address", kMaxAddressSize);
  const auto size = address_size(result.network);
  if (size && address.size() != *size) {
    reader.fail_at(
        length_at, DecodeFault::Malformed,
        fmt::format("{} address of {} bytes", p2p::to_string(result.network), address.size()));
  }
  result.address.assign(address.begin(), address.end());
  result.port = reader.big_endian_16("port");
  return result;
}

std::string AddressV2::to_string() const {
  if (network == AddressNetwork::Ipv4 && address.size() == 4) {
    return fmt::format("{}:{}", ip_to_string(address), port);
  }
  const bool ipv6 = network == AddressNetwork::Ipv6 || network == AddressNetwork::Cjdns ||
                    network == AddressNetwork::Yggdrasil;
  if (ipv6 && address.size() == 16) return fmt::format("[{}]:{}", ip_to_string(address), port);
  return fmt::format("{} {}:{}", p2p::to_string(network), to_hex(address), port);
}

AddrV2 AddrV2::decode(Reader& reader) {
  return {.addresses = decode_list<AddressV2>(reader, "addresses", kMinEncodedSize, kMaxAddresses)};
}

std::string AddrV2::describe() const {
  return describe_list(addresses, [](const AddressV2& one) {
    return fmt::format("{} time={} services={}", one.to_string(),
                       one.time.time_since_epoch().count(), describe_services(one.services));
  });
}

}  // namespace noderig::p2p
