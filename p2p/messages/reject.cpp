#include <noderig/p2p/messages/reject.h>

namespace noderig::p2p {

void Reject::encode(Writer& writer) const {
  writer.var_string(message).integer(code).var_string(reason);
  if (has_hash()) writer.uint256(hash);
}

Reject Reject::decode(Reader& reader) {
  Reject result;
  result.message = reader.var_string("message", kMaxMessageSize);
  result.code = reader.integer<std::uint8_t>("code");
  result.reason = reader.var_string("reason", kMaxReasonSize);
  if (result.has_hash()) result.hash = reader.uint256("hash");
  return result;
}

std::string Reject::describe() const {
  std::string text =
      fmt::format("message={} code={:#04x} reason={}", quote(message), code, quote(reason));
  if (has_hash()) text += " hash=" + hash.to_string();
  return text;
}

}  // namespace noderig::p2p
