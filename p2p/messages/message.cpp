#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

std::vector<Uint256> decode_hashes(Reader& reader, std::string_view field, std::uint64_t limit) {
  return decode_list(reader, field, Uint256::kSize, limit,
                     [field](Reader& from) { return from.uint256(field); });
}

void encode_hashes(Writer& writer, const std::vector<Uint256>& hashes) {
  writer.compact_size(hashes.size());
  for (const Uint256& hash : hashes) writer.uint256(hash);
}

std::string describe_list(const std::vector<Uint256>& hashes, std::size_t shown) {
  return describe_list(
      hashes, [](const Uint256& hash) { return hash.to_string(); }, shown);
}

std::string describe_bytes(ByteSpan bytes, std::size_t shown) {
  std::string text = std::to_string(bytes.size()) + " bytes";
  if (!bytes.empty()) text += " " + to_hex(bytes.first(std::min(shown, bytes.size())));
  if (bytes.size() > shown) text += "...";
  return text;
}

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c < ' ' || c > '~') {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace noderig::p2p
