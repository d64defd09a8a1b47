// filteradd: adds one element to the filter that filterload set (BIP37).
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct FilterAdd {
  static constexpr std::string_view kCommand = "filteradd";
  static constexpr std::uint64_t kMaxDataSize = 520;

  Bytes data{};

  void encode(Writer& writer) const { writer.var_bytes(data); }
  static FilterAdd decode(Reader& reader) {
    const ByteSpan data = reader.var_bytes("data", kMaxDataSize);
    return {.data = Bytes(data.begin(), data.end())};
  }
  std::string describe() const { return "data=" + describe_bytes(data); }

  friend bool operator==(const FilterAdd&, const FilterAdd&) = default;
};

}  // namespace noderig::p2p
