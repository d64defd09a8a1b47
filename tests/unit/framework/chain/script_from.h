// A script from a test vector.
#pragma once

#include <noderig/p2p/primitives/script.h>
#include <string_view>

namespace noderig {

inline p2p::Script script_from(std::string_view hex) {
  return p2p::Script(bytes_from_hex(hex));
}

}  // namespace noderig
