// cfcheckpt: the filter headers of every 1000th block up to a hash (BIP157).
#pragma once

#include <noderig/p2p/messages/filter_range.h>
#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct CFCheckpt {
  static constexpr std::string_view kCommand = "cfcheckpt";

  std::uint8_t filter_type = kBasicFilter;
  Uint256 stop_hash{};
  std::vector<Uint256> filter_headers;  // lowest block first; the protocol sets no limit

  void encode(Writer& writer) const {
    writer.integer(filter_type).uint256(stop_hash);
    encode_hashes(writer, filter_headers);
  }
  static CFCheckpt decode(Reader& reader) {
    CFCheckpt message;
    message.filter_type = reader.integer<std::uint8_t>("filter type");
    message.stop_hash = reader.uint256("stop hash");
    message.filter_headers = decode_hashes(reader, "filter headers");
    return message;
  }
  std::string describe() const {
    return fmt::format("filter_type={} stop_hash={} filter_headers={}", filter_type,
                       stop_hash.to_string(), describe_list(filter_headers));
  }

  friend bool operator==(const CFCheckpt&, const CFCheckpt&) = default;
};

}  // namespace noderig::p2p
