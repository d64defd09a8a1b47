// A hash of bytes that is the same on every machine and in every run. Pure function; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace noderig::impact {

constexpr std::uint64_t kHashStart = 14695981039346656037ULL;

// FNV-1a; `from` chains several.
constexpr std::uint64_t stable_hash(std::string_view bytes, std::uint64_t from = kHashStart) {
  for (const char byte : bytes) from = (from ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  return from;
}

}  // namespace noderig::impact
