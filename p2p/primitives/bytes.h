// Raw bytes and their hexadecimal spelling. Value types; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

using Bytes = std::vector<std::byte>;
using ByteSpan = std::span<const std::byte>;

// Lower-case hexadecimal, two digits a byte, first byte first.
std::string to_hex(ByteSpan bytes);

// The bytes spelled by `hex`; nothing when its length is odd or a character is no hex digit.
std::optional<Bytes> from_hex(std::string_view hex);

// The same for text that is known to be right, such as a test vector; throws std::invalid_argument.
Bytes bytes_from_hex(std::string_view hex);

// Views the characters of `text` as bytes. The view lives as long as the text does.
inline ByteSpan as_byte_span(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace noderig
