#include "properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const noderig::ByteSpan input = std::as_bytes(std::span(data, size));
  noderig::p2p::fuzz::check_deframer(input);
  noderig::p2p::fuzz::check_deframer_behind_a_frame(input);
  return 0;
}
