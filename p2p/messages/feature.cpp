#include <noderig/p2p/messages/feature.h>

namespace noderig::p2p {

Feature Feature::decode(Reader& reader) {
  Feature message;
  const std::size_t id_at = reader.offset();
  message.id = reader.var_string("feature id", kMaxIdSize);
  if (message.id.size() < kMinIdSize) {
    reader.fail_at(id_at, DecodeFault::Malformed, "feature id " + quote(message.id));
  }
  const ByteSpan data = reader.var_bytes("feature data", kMaxDataSize);
  message.data.assign(data.begin(), data.end());
  return message;
}

}  // namespace noderig::p2p
