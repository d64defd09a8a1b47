#include <gtest/gtest.h>

#include <noderig/framework/chain/base58.h>
#include <utility>

namespace noderig {
namespace {

// From Bitcoin Core's base58_encode_decode.json.
const std::pair<std::string_view, std::string_view> kEncodings[] = {
    {"", ""},
    {"61", "2g"},
    {"626262", "a3gV"},
    {"73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2"},
    {"00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"},
    {"00000000000000000000", "1111111111"},
    {"000111d38e5fc9071ffcd20b4a763cc9ae4f252bb4e48fd66a835e252ada93ff480d6dd43dc62a641155a5",
     "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"},
    {"271f359f", "zzzzz"},
    {"271f35a0", "211111"},
};

TEST(Base58, MatchesKnownVectorsBothWays) {
  for (const auto& [hex, text] : kEncodings) {
    EXPECT_EQ(base58_encode(bytes_from_hex(hex)), text);
    EXPECT_EQ(base58_decode(text), bytes_from_hex(hex));
  }
}

TEST(Base58, RefusesCharactersOutsideItsAlphabet) {
  for (const auto* text : {"0", "O", "I", "l", "a b", "2g "}) {
    EXPECT_FALSE(base58_decode(text)) << text;
  }
}

TEST(Base58Check, ChecksTheChecksum) {
  const Bytes payload = bytes_from_hex("00eb15231dfceb60925886b67d065299925915aeb1");
  const std::string text = base58check_encode(payload);
  EXPECT_EQ(text, "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJED9L");
  EXPECT_EQ(base58check_decode(text), payload);
  EXPECT_FALSE(base58check_decode("1NS17iag9jJgTHD1VXjvLCEnZuQ3rJED9M"));
  EXPECT_FALSE(base58check_decode("2g"));
  EXPECT_FALSE(base58check_decode(""));
}

}  // namespace
}  // namespace noderig
