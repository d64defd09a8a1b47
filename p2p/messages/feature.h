// feature: announces, before verack, one optional feature (BIP434).
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct Feature {
  static constexpr std::string_view kCommand = "feature";
  static constexpr std::size_t kMinIdSize = 4;
  static constexpr std::uint64_t kMaxIdSize = 80;
  static constexpr std::uint64_t kMaxDataSize = 512;

  std::string id{};
  Bytes data{};

  void encode(Writer& writer) const { writer.var_string(id).var_bytes(data); }
  static Feature decode(Reader& reader);
  std::string describe() const {
    return fmt::format("id={} data={}", quote(id), describe_bytes(data));
  }

  friend bool operator==(const Feature&, const Feature&) = default;
};

}  // namespace noderig::p2p
