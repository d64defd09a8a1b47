// The fuzz targets' properties on pseudo-random changes to sound input: quick, the same each time,
// and with any compiler.
#include <gtest/gtest.h>

#include <random>

#include "../../../fuzz/properties.h"
#include "samples.h"

namespace noderig::p2p {
namespace {

// Overwrites, inserts, removes or cuts: one to four times.
void mutate(Bytes& bytes, std::mt19937_64& random) {
  // The bytes that compact sizes, flags and lengths turn on.
  constexpr std::uint8_t kNotable[] = {0, 1, 2, 0x7f, 0x80, 0xfc, 0xfd, 0xfe, 0xff};
  for (std::uint64_t left = 1 + random() % 4; left > 0; --left) {
    const std::size_t at = random() % (bytes.size() + 1);
    const auto value = std::byte{random() % 2 == 0 ? kNotable[random() % std::size(kNotable)]
                                                   : static_cast<std::uint8_t>(random())};
    switch (random() % 8) {
      case 0:
        bytes.resize(at);
        break;
      case 1:
        bytes.insert(bytes.begin() + at, 1 + random() % 4, value);
        break;
      case 2:
        if (at < bytes.size()) bytes.erase(bytes.begin() + at);
        break;
      default:
        if (at < bytes.size()) bytes[at] = value;
    }
  }
}

template <typename... Ms>
std::vector<Bytes> sample_payloads(std::tuple<Ms...>*) {
  return {encode_of(test::sample<Ms>())...};
}

TEST(Mutations, MessagesDecodeToThemselvesOrGiveAnError) {
  const std::vector<Bytes> payloads = sample_payloads(static_cast<AllMessages*>(nullptr));
  std::mt19937_64 random(1);
  for (std::size_t message = 0; message < payloads.size(); ++message) {
    for (int round = 0; round < 300; ++round) {
      Bytes payload = payloads[message];
      mutate(payload, random);
      Bytes input{static_cast<std::byte>(message)};
      input.insert(input.end(), payload.begin(), payload.end());
      EXPECT_NO_THROW(fuzz::check_decode_message(input)) << to_hex(input);
    }
  }
}

TEST(Mutations, StreamsGiveTheSameHoweverTheyAreCut) {
  Bytes sound;
  for (const char* command : {"verack", "ping", "sendaddrv2", "abcdefghijkl"}) {
    const Bytes framed = frame(kRegtestMagic, command, test::sample_bytes(sound.size() % 50));
    sound.insert(sound.end(), framed.begin(), framed.end());
  }
  std::mt19937_64 random(2);
  for (int round = 0; round < 2000; ++round) {
    Bytes input = sound;
    mutate(input, random);
    input.insert(input.begin(), static_cast<std::byte>(random()));
    EXPECT_NO_THROW(fuzz::check_deframer(input)) << to_hex(input);
    EXPECT_NO_THROW(fuzz::check_deframer_behind_a_frame(input)) << to_hex(input);
  }
}

}  // namespace
}  // namespace noderig::p2p
