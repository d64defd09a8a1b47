#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <noderig/p2p/messages/ping.h>
#include <noderig/p2p/messages/verack.h>
#include <noderig/p2p/transport/v1.h>

#include "../messages/allocation_meter.h"

namespace noderig::p2p {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const RawMessage kPing{"ping", bytes_from_hex("0102030405060708")};
const RawMessage kVerack{"verack", {}};

Bytes framed(const RawMessage& message) {
  return frame(kRegtestMagic, message.command, message.payload);
}

std::vector<RawMessage> drain(V1Deframer& deframer) {
  std::vector<RawMessage> messages;
  while (auto message = deframer.next()) messages.push_back(*std::move(message));
  return messages;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The verack and addr of the protocol documentation.
TEST(V1Frame, MatchesTheDocumentedExamples) {
  EXPECT_EQ(to_hex(frame(kMainMagic, "verack", {})),
            "f9beb4d976657261636b000000000000000000005df6e0e2");
  const Bytes addr =
      bytes_from_hex("01e215104d010000000000000000000000000000000000ffff0a000001208d");
  EXPECT_EQ(to_hex(frame(kMainMagic, "addr", addr)),
            "f9beb4d96164647200000000000000001f000000ed52399b" + to_hex(addr));
}

TEST(V1Frame, OfAMessageEqualsThatOfItsPayload) {
  EXPECT_EQ(frame(kRegtestMagic, Ping{.nonce = 0x0807060504030201}), framed(kPing));
  EXPECT_EQ(frame(kRegtestMagic, Verack{}), framed(kVerack));
}

TEST(V1Frame, HeaderIsTheFramesBeginning) {
  const auto header = frame_header(kRegtestMagic, kPing.command, kPing.payload);
  EXPECT_EQ(Bytes(header.begin(), header.end()) + kPing.payload, framed(kPing));
}

TEST(V1Frame, RefusesCommandsOfMoreThanTwelveBytes) {
  EXPECT_NO_THROW(frame(kRegtestMagic, "abcdefghijkl", {}));
  EXPECT_THROW(frame(kRegtestMagic, "abcdefghijklm", {}), std::invalid_argument);
}

TEST(V1Deframer, TakesOneByteAtATime) {
  const Bytes stream = framed(kPing) + framed(kVerack) + framed(kPing);
  V1Deframer deframer(kRegtestMagic);
  std::vector<RawMessage> messages;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    deframer.feed(ByteSpan(stream).subspan(i, 1));
    EXPECT_EQ(deframer.offset(), i + 1);
    for (auto& message : drain(deframer)) messages.push_back(std::move(message));
    // Nothing is held back: a message is there with its last byte.
    const std::size_t whole = i + 1 < 32 ? 0 : i + 1 < 56 ? 1 : i + 1 < 88 ? 2 : 3;
    EXPECT_EQ(messages.size(), whole) << i;
  }
  EXPECT_THAT(messages, ElementsAre(kPing, kVerack, kPing));
  EXPECT_FALSE(deframer.error());
  EXPECT_EQ(deframer.pending(), 0U);
}

TEST(V1Deframer, TakesSeveralFramesInOneChunk) {
  V1Deframer deframer(kRegtestMagic);
  deframer.feed(framed(kVerack) + framed(kPing) + framed(kPing) + bytes_from_hex("fabf"));
  EXPECT_THAT(drain(deframer), ElementsAre(kVerack, kPing, kPing));
  EXPECT_EQ(deframer.pending(), 2U);
  EXPECT_FALSE(deframer.error());
}

TEST(V1Deframer, TakesCommandsOfTwelveBytes) {
  V1Deframer deframer(kRegtestMagic);
  deframer.feed(frame(kRegtestMagic, "abcdefghijkl", {}));
  EXPECT_THAT(drain(deframer), ElementsAre(RawMessage{"abcdefghijkl", {}}));
}

TEST(V1Deframer, TakesTheLongestPayloadANodeAccepts) {
  const RawMessage longest{"block", Bytes(kMaxPayloadSize, std::byte{7})};
  V1Deframer deframer(kRegtestMagic);
  deframer.feed(framed(longest));
  EXPECT_EQ(deframer.next(), longest);
}

struct FaultCase {
  FrameFault fault;
  DecodeFault expected;
  std::size_t offset;  // in the frame
  std::string_view text;
};

// A frame with the fault between two sound ones, fed whole and byte by byte.
TEST(V1Deframer, StopsAtEachFaultWithItsPlace) {
  const FaultCase cases[] = {
      {{.magic = kMainMagic}, DecodeFault::Malformed, 0, "magic f9beb4d9 where fabfb5da is due"},
      {{.command = {{'p', 'i', 0, 'g'}}}, DecodeFault::Malformed, 4, R"("pi\x00g)"},
      {{.command = {{'p', '\n'}}}, DecodeFault::Malformed, 4, R"("p\x0a)"},
      {{.command = {{'p', '\x7f'}}}, DecodeFault::Malformed, 4, R"("p\x7f)"},
      {{.length = kMaxPayloadSize + 1}, DecodeFault::Oversized, 16, "4000001 bytes in \"ping\""},
      {{.length = 0xffffffff}, DecodeFault::Oversized, 16, "4294967295 bytes"},
      {{.length = 7}, DecodeFault::Malformed, 20, "checksum"},
      {{.checksum = Checksum{}}, DecodeFault::Malformed, 20, "checksum 00000000 of \"ping\""},
  };
  const std::size_t before = framed(kVerack).size();
  for (const FaultCase& one : cases) {
    const Bytes stream = framed(kVerack) +
                         broken_frame(kRegtestMagic, "ping", kPing.payload, one.fault) +
                         framed(kPing);
    for (const std::size_t step : {stream.size(), std::size_t{1}}) {
      V1Deframer deframer(kRegtestMagic);
      for (std::size_t at = 0; at < stream.size(); at += step) {
        deframer.feed(ByteSpan(stream).subspan(at, step));
      }
      EXPECT_THAT(drain(deframer), ElementsAre(kVerack)) << one.text;
      ASSERT_TRUE(deframer.error()) << one.text;
      EXPECT_EQ(deframer.error()->fault, one.expected) << one.text;
      EXPECT_EQ(deframer.error()->offset, before + one.offset) << one.text;
      EXPECT_THAT(deframer.error()->what, HasSubstr(one.text));
    }
  }
}

TEST(V1Deframer, FindsAHeadersFaultBeforeThePayloadComes) {
  const Bytes broken = broken_frame(kRegtestMagic, "block", {}, {.length = kMaxPayloadSize + 1});
  V1Deframer deframer(kRegtestMagic);
  deframer.feed(ByteSpan(broken).first(kFrameHeaderSize - 1));
  EXPECT_FALSE(deframer.error());
  deframer.feed(ByteSpan(broken).last(1));
  EXPECT_TRUE(deframer.error());
}

TEST(V1Deframer, WaitsForWhatALongerLengthAnnounces) {
  V1Deframer deframer(kRegtestMagic);
  deframer.feed(broken_frame(kRegtestMagic, "ping", kPing.payload, {.length = 9}));
  EXPECT_THAT(drain(deframer), IsEmpty());
  EXPECT_FALSE(deframer.error());
  EXPECT_EQ(deframer.pending(), kFrameHeaderSize + 8);
}

TEST(V1Deframer, AllocatesForWhatHasComeNotForWhatIsAnnounced) {
  const Bytes header = broken_frame(kRegtestMagic, "block", {}, {.length = kMaxPayloadSize});
  const Bytes chunk(1000, std::byte{1});
  V1Deframer deframer(kRegtestMagic);
  const test::AllocationMeter meter;
  deframer.feed(header);
  for (std::size_t fed = 0; fed < 100'000; fed += chunk.size()) {
    deframer.feed(chunk);
    EXPECT_LE(meter.largest(), 2 * (fed + chunk.size()));
  }
}

TEST(BrokenFrame, WithoutAFaultIsSound) {
  EXPECT_EQ(broken_frame(kRegtestMagic, "ping", kPing.payload, {}), framed(kPing));
}

}  // namespace
}  // namespace noderig::p2p
