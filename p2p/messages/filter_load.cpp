#include <noderig/p2p/messages/filter_load.h>

namespace noderig::p2p {

void FilterLoad::encode(Writer& writer) const {
  writer.var_bytes(filter).integer(hash_functions).integer(tweak).integer(flags);
}

FilterLoad FilterLoad::decode(Reader& reader) {
  FilterLoad message;
  const ByteSpan filter = reader.var_bytes("filter", kMaxFilterSize);
  message.filter.assign(filter.begin(), filter.end());
  const std::size_t hash_functions_at = reader.offset();
  message.hash_functions = reader.integer<std::uint32_t>("hash functions");
  if (message.hash_functions > kMaxHashFunctions) {
    reader.fail_at(hash_functions_at, DecodeFault::Oversized,
                   fmt::format("hash functions {}", message.hash_functions));
  }
  message.tweak = reader.integer<std::uint32_t>("tweak");
  message.flags = reader.integer<std::uint8_t>("flags");
  return message;
}

std::string FilterLoad::describe() const {
  return fmt::format("filter={} hash_functions={} tweak={} flags={}", describe_bytes(filter),
                     hash_functions, tweak, flags);
}

}  // namespace noderig::p2p
