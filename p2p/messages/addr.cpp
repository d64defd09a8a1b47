#include <noderig/p2p/messages/addr.h>

namespace noderig::p2p {

void TimedAddress::encode(Writer& writer) const {
  writer.integer(static_cast<std::uint32_t>(time.time_since_epoch().count()));
  address.encode(writer);
}

TimedAddress TimedAddress::decode(Reader& reader) {
  TimedAddress timed;
  timed.time =
      std::chrono::sys_seconds(std::chrono::seconds(reader.integer<std::uint32_t>("time")));
  timed.address = NetAddress::decode(reader);
  return timed;
}

std::string Addr::describe() const {
  return describe_list(addresses, [](const TimedAddress& timed) {
    return fmt::format("{} time={} services={}", timed.address.to_string(),
                       timed.time.time_since_epoch().count(),
                       describe_services(timed.address.services));
  });
}

}  // namespace noderig::p2p
