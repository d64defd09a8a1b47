// What getblocks and getheaders share: hashes of a chain from its tip down, from which the other
// side finds the fork to its own. Value types; any thread.
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct BlockLocator {
  static constexpr std::uint64_t kMaxHashes = 101;

  std::uint32_t version = 70016;  // the sender's protocol version; nobody reads it
  std::vector<Uint256> hashes{};  // tip first, with growing gaps

  void encode(Writer& writer) const {
    writer.integer(version);
    encode_hashes(writer, hashes);
  }
  static BlockLocator decode(Reader& reader) {
    BlockLocator locator;
    locator.version = reader.integer<std::uint32_t>("version");
    locator.hashes = decode_hashes(reader, "locator hashes", kMaxHashes);
    return locator;
  }

  friend bool operator==(const BlockLocator&, const BlockLocator&) = default;
};

// A message that asks for what follows a locator.
template <CommandName Name>
struct LocatorMessage {
  static constexpr std::string_view kCommand = Name.view();

  BlockLocator locator{};
  Uint256 stop_hash{};  // the last block wanted; zero: as many as one answer holds

  void encode(Writer& writer) const {
    locator.encode(writer);
    writer.uint256(stop_hash);
  }
  static LocatorMessage decode(Reader& reader) {
    LocatorMessage message;
    message.locator = BlockLocator::decode(reader);
    message.stop_hash = reader.uint256("stop hash");
    return message;
  }
  std::string describe() const {
    return fmt::format("version={} locator={} stop_hash={}", locator.version,
                       describe_list(locator.hashes), stop_hash.to_string());
  }

  friend bool operator==(const LocatorMessage&, const LocatorMessage&) = default;
};

}  // namespace noderig::p2p
