// Base58 with a checksum, as legacy addresses and exported keys are written. Pure functions; any
// thread.
#pragma once

#include <noderig/p2p/primitives/bytes.h>
#include <optional>
#include <string>
#include <string_view>

namespace noderig {

// Leading zero bytes become leading '1's. No checksum.
std::string base58_encode(ByteSpan bytes);

// Nothing when a character is not of the alphabet.
std::optional<Bytes> base58_decode(std::string_view text);

// The payload followed by the first four bytes of its double SHA-256, in base58.
std::string base58check_encode(ByteSpan payload);

// The payload; nothing when the text is no base58 or the checksum is wrong.
std::optional<Bytes> base58check_decode(std::string_view text);

}  // namespace noderig
