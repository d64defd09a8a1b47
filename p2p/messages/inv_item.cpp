#include <noderig/p2p/messages/inv_item.h>

namespace noderig::p2p {

std::string to_string(InvType type) {
  switch (type) {
    case InvType::Error:
      return "error";
    case InvType::Tx:
      return "tx";
    case InvType::Block:
      return "block";
    case InvType::FilteredBlock:
      return "filtered_block";
    case InvType::CompactBlock:
      return "compact_block";
    case InvType::Wtx:
      return "wtx";
    case InvType::WitnessTx:
      return "witness_tx";
    case InvType::WitnessBlock:
      return "witness_block";
    case InvType::FilteredWitnessBlock:
      return "filtered_witness_block";
    case InvType::WitnessFlag:
      break;
  }
  return fmt::format("{:#010x}", static_cast<std::uint32_t>(type));
}

void InvItem::encode(Writer& writer) const {
  writer.integer(static_cast<std::uint32_t>(type)).uint256(hash);
}

InvItem InvItem::decode(Reader& reader) {
  InvItem item;
  item.type = static_cast<InvType>(reader.integer<std::uint32_t>("type"));
  item.hash = reader.uint256("hash");
  return item;
}

std::string InvItem::to_string() const {
  return p2p::to_string(type) + " " + hash.to_string();
}

}  // namespace noderig::p2p
