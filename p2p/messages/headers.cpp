#include <noderig/p2p/messages/headers.h>

namespace noderig::p2p {
namespace {

constexpr std::size_t kEncodedSize = BlockHeader::kSize + 1;

BlockHeader decode_header(Reader& reader) {
  BlockHeader header = BlockHeader::decode(reader);
  const std::size_t count_at = reader.offset();
  if (const auto count = reader.compact_size("transaction count"); count != 0) {
    reader.fail_at(count_at, DecodeFault::Malformed,
                   fmt::format("{} transactions behind a header", count));
  }
  return header;
}

}  // namespace

void Headers::encode(Writer& writer) const {
  writer.compact_size(headers.size());
  for (const BlockHeader& header : headers) {
    header.encode(writer);
    writer.compact_size(0);
  }
}

Headers Headers::decode(Reader& reader) {
  return {.headers = decode_list(reader, "headers", kEncodedSize, kMaxHeaders, &decode_header)};
}

std::string Headers::describe() const {
  return describe_list(headers,
                       [](const BlockHeader& header) { return header.hash().to_string(); });
}

}  // namespace noderig::p2p
