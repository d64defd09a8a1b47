// getcfcheckpt: asks for the filter headers of every 1000th block (BIP157).
#pragma once

#include <noderig/p2p/messages/filter_range.h>
#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct GetCFCheckpt {
  static constexpr std::string_view kCommand = "getcfcheckpt";

  std::uint8_t filter_type = kBasicFilter;
  Uint256 stop_hash{};  // the tip of the chain asked about

  void encode(Writer& writer) const { writer.integer(filter_type).uint256(stop_hash); }
  static GetCFCheckpt decode(Reader& reader) {
    GetCFCheckpt message;
    message.filter_type = reader.integer<std::uint8_t>("filter type");
    message.stop_hash = reader.uint256("stop hash");
    return message;
  }
  std::string describe() const {
    return fmt::format("filter_type={} stop_hash={}", filter_type, stop_hash.to_string());
  }

  friend bool operator==(const GetCFCheckpt&, const GetCFCheckpt&) = default;
};

}  // namespace noderig::p2p
