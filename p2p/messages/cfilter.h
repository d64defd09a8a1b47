// cfilter: the filter of one block (BIP157).
#pragma once

#include <noderig/p2p/messages/filter_range.h>
#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct CFilter {
  static constexpr std::string_view kCommand = "cfilter";

  std::uint8_t filter_type = kBasicFilter;
  Uint256 block_hash{};
  Bytes filter{};

  void encode(Writer& writer) const {
    writer.integer(filter_type).uint256(block_hash).var_bytes(filter);
  }
  static CFilter decode(Reader& reader) {
    CFilter message;
    message.filter_type = reader.integer<std::uint8_t>("filter type");
    message.block_hash = reader.uint256("block hash");
    const ByteSpan filter = reader.var_bytes("filter");
    message.filter.assign(filter.begin(), filter.end());
    return message;
  }
  std::string describe() const {
    return fmt::format("filter_type={} block_hash={} filter={}", filter_type,
                       block_hash.to_string(), describe_bytes(filter));
  }

  friend bool operator==(const CFilter&, const CFilter&) = default;
};

}  // namespace noderig::p2p
