// cfheaders: the filter hashes of a range of blocks, and the filter header before them (BIP157).
#pragma once

#include <noderig/p2p/messages/filter_range.h>
#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct CFHeaders {
  static constexpr std::string_view kCommand = "cfheaders";
  static constexpr std::uint64_t kMaxHashes = 2000;

  std::uint8_t filter_type = kBasicFilter;
  Uint256 stop_hash{};
  Uint256 previous_filter_header{};
  std::vector<Uint256> filter_hashes{};

  void encode(Writer& writer) const {
    writer.integer(filter_type).uint256(stop_hash).uint256(previous_filter_header);
    encode_hashes(writer, filter_hashes);
  }
  static CFHeaders decode(Reader& reader) {
    CFHeaders message;
    message.filter_type = reader.integer<std::uint8_t>("filter type");
    message.stop_hash = reader.uint256("stop hash");
    message.previous_filter_header = reader.uint256("previous filter header");
    message.filter_hashes = decode_hashes(reader, "filter hashes", kMaxHashes);
    return message;
  }
  std::string describe() const {
    return fmt::format("filter_type={} stop_hash={} previous_filter_header={} filter_hashes={}",
                       filter_type, stop_hash.to_string(), previous_filter_header.to_string(),
                       describe_list(filter_hashes));
  }

  friend bool operator==(const CFHeaders&, const CFHeaders&) = default;
};

}  // namespace noderig::p2p
