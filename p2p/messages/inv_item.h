// What inv, getdata and notfound name: a transaction or block, and the form it is wanted in.
// Value types; any thread.
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

// Types that are not listed here are kept as the number they are.
enum class InvType : std::uint32_t {
  Error = 0,
  Tx = 1,             // by txid
  Block = 2,          // without witness when asked for
  FilteredBlock = 3,  // getdata only: merkleblock and matching transactions (BIP37)
  CompactBlock = 4,   // getdata only: cmpctblock (BIP152)
  Wtx = 5,            // by wtxid (BIP339)
  WitnessFlag = 1u << 30,
  WitnessTx = WitnessFlag | Tx,        // getdata only (BIP144)
  WitnessBlock = WitnessFlag | Block,  // getdata only (BIP144)
  FilteredWitnessBlock = WitnessFlag | FilteredBlock,
};

// "witness_block"; "0x00000009" for an unknown type.
std::string to_string(InvType type);

struct InvItem {
  static constexpr std::size_t kEncodedSize = 36;

  InvType type = InvType::Error;
  Uint256 hash{};

  void encode(Writer& writer) const;
  static InvItem decode(Reader& reader);

  // "block 000000..."
  std::string to_string() const;

  friend bool operator==(const InvItem&, const InvItem&) = default;
};

// A message that is a list of items.
template <CommandName Name>
struct InvMessage {
  static constexpr std::string_view kCommand = Name.view();
  static constexpr std::uint64_t kMaxItems = 50'000;

  std::vector<InvItem> items{};

  void encode(Writer& writer) const { encode_list(writer, items); }
  static InvMessage decode(Reader& reader) {
    return {.items = decode_list<InvItem>(reader, "items", InvItem::kEncodedSize, kMaxItems)};
  }
  std::string describe() const { return describe_list(items, &InvItem::to_string); }

  friend bool operator==(const InvMessage&, const InvMessage&) = default;
};

}  // namespace noderig::p2p
