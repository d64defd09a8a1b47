// SipHash-2-4, the keyed 64-bit hash behind short transaction ids (BIP152) and block filters
// (BIP158). Pure; any thread.
#pragma once

#include <noderig/p2p/primitives/bytes.h>

namespace noderig::p2p {

// `k0` and `k1` are the two halves of the 128-bit key, each read as a little-endian number.
std::uint64_t siphash(std::uint64_t k0, std::uint64_t k1, ByteSpan data);

}  // namespace noderig::p2p
