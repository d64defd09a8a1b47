// filterload: sets a Bloom filter on the transactions that the node relays (BIP37).
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct FilterLoad {
  static constexpr std::string_view kCommand = "filterload";
  static constexpr std::uint64_t kMaxFilterSize = 36'000;
  static constexpr std::uint32_t kMaxHashFunctions = 50;

  Bytes filter{};
  std::uint32_t hash_functions = 0;
  std::uint32_t tweak = 0;
  std::uint8_t flags = 0;  // how matches grow the filter: 0 not, 1 always, 2 for pay-to-pubkey

  void encode(Writer& writer) const;
  static FilterLoad decode(Reader& reader);
  std::string describe() const;

  friend bool operator==(const FilterLoad&, const FilterLoad&) = default;
};

}  // namespace noderig::p2p
