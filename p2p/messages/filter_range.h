// What getcfilters and getcfheaders share: a range of blocks (BIP157). Value types; any thread.
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

// The only filter type there is (BIP158).
inline constexpr std::uint8_t kBasicFilter = 0;

// A message that asks for something about each block from a height up to a hash.
template <CommandName Name>
struct FilterRangeMessage {
  static constexpr std::string_view kCommand = Name.view();

  std::uint8_t filter_type = kBasicFilter;
  std::uint32_t start_height = 0;
  Uint256 stop_hash{};  // the last block

  void encode(Writer& writer) const {
    writer.integer(filter_type).integer(start_height).uint256(stop_hash);
  }
  static FilterRangeMessage decode(Reader& reader) {
    FilterRangeMessage message;
    message.filter_type = reader.integer<std::uint8_t>("filter type");
    message.start_height = reader.integer<std::uint32_t>("start height");
    message.stop_hash = reader.uint256("stop hash");
    return message;
  }
  std::string describe() const {
    return fmt::format("filter_type={} start_height={} stop_hash={}", filter_type, start_height,
                       stop_hash.to_string());
  }

  friend bool operator==(const FilterRangeMessage&, const FilterRangeMessage&) = default;
};

}  // namespace noderig::p2p
