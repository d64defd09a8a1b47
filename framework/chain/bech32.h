// Bech32 (BIP173) and Bech32m (BIP350), and segregated witness addresses in them. Pure functions;
// any thread.
#pragma once

#include <noderig/p2p/primitives/bytes.h>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

enum class Bech32Encoding { Bech32, Bech32m };

// What a bech32 text holds: the lower-case part before its last '1', and 5-bit values after it.
struct Bech32Text {
  Bech32Encoding encoding;
  std::string prefix;
  std::vector<std::uint8_t> values;

  friend bool operator==(const Bech32Text&, const Bech32Text&) = default;
};

// `prefix` must be lower case, each value below 32. Lengths are not checked.
std::string bech32_encode(const Bech32Text& text);

// Nothing when the text is longer than 90 characters, mixes cases, has a character that is not
// allowed, or its checksum fits neither encoding.
std::optional<Bech32Text> bech32_decode(std::string_view text);

// A witness output: OP_<version>, then the program.
struct WitnessProgram {
  int version;    // 0 to 16
  Bytes program;  // 2 to 40 bytes; version 0 has 20 or 32

  friend bool operator==(const WitnessProgram&, const WitnessProgram&) = default;
};

// The address under `prefix` ("bcrt" on regtest): bech32 for version 0, bech32m for the others.
std::string segwit_address(std::string_view prefix, const WitnessProgram& program);

// Nothing when it is no address under this prefix: also a wrong encoding for its version, a program
// of a wrong length, or padding that isn't zero or too long.
std::optional<WitnessProgram> parse_segwit_address(std::string_view prefix, std::string_view text);

}  // namespace noderig
