#include <fmt/format.h>
#include <noderig/p2p/messages/version.h>

namespace noderig::p2p {

void Version::encode(Writer& writer) const {
  writer.integer(version).integer(services);
  writer.integer(std::int64_t{time.time_since_epoch().count()});
  addr_recv.encode(writer);
  addr_from.encode(writer);
  writer.integer(nonce).var_string(user_agent).integer(start_height);
  if (version >= kRelayVersion) writer.boolean(relay);
}

Version Version::decode(Reader& reader) {
  Version message;
  message.version = reader.integer<std::int32_t>("version");
  message.services = reader.integer<std::uint64_t>("services");
  message.time =
      std::chrono::sys_seconds(std::chrono::seconds(reader.integer<std::int64_t>("time")));
  message.addr_recv = NetAddress::decode(reader);
  message.addr_from = NetAddress::decode(reader);
  message.nonce = reader.integer<std::uint64_t>("nonce");
  message.user_agent = reader.var_string("user agent", kMaxUserAgent);
  message.start_height = reader.integer<std::int32_t>("start height");
  if (message.version >= kRelayVersion) message.relay = reader.boolean("relay");
  return message;
}

std::string Version::describe() const {
  return fmt::format(
      "version={} services={} time={} addr_recv={} addr_from={} nonce={:016x} user_agent={} "
      "start_height={} relay={}",
      version, describe_services(services), time.time_since_epoch().count(), addr_recv.to_string(),
      addr_from.to_string(), nonce, quote(user_agent), start_height, relay);
}

}  // namespace noderig::p2p
