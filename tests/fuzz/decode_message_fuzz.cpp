#include "properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  noderig::p2p::fuzz::check_decode_message(std::as_bytes(std::span(data, size)));
  return 0;
}
