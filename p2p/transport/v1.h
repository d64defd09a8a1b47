// The v1 transport: each message travels as a 24-byte header (network magic, command, length,
// checksum) and its payload. Frames for sending, sound or deliberately broken, and a deframer for
// what arrives. Value types; any thread, one at a time.
#pragma once

#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/primitives/bytes.h>
#include <noderig/p2p/primitives/serialize.h>
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

namespace noderig::p2p {

// The four bytes each frame of a network begins with.
using NetworkMagic = std::array<std::uint8_t, 4>;

inline constexpr NetworkMagic kMainMagic = {0xf9, 0xbe, 0xb4, 0xd9};
inline constexpr NetworkMagic kTestnet3Magic = {0x0b, 0x11, 0x09, 0x07};
inline constexpr NetworkMagic kTestnet4Magic = {0x1c, 0x16, 0x3f, 0x28};
inline constexpr NetworkMagic kSignetMagic = {0x0a, 0x03, 0xcf, 0x40};  // the default signet
inline constexpr NetworkMagic kRegtestMagic = {0xfa, 0xbf, 0xb5, 0xda};

inline constexpr std::size_t kFrameHeaderSize = 24;
inline constexpr std::size_t kCommandSize = 12;
// The longest payload a node accepts.
inline constexpr std::size_t kMaxPayloadSize = 4'000'000;

// A header's last field: the first four bytes of the payload's double SHA-256.
using Checksum = std::array<std::byte, 4>;
Checksum checksum_of(ByteSpan payload);

// The payload in a correct frame. Throws std::invalid_argument when the command is longer than 12
// bytes; payloads of any length are framed.
Bytes frame(const NetworkMagic& magic, std::string_view command, ByteSpan payload);

// What frame() does, without a copy of the payload in between.
template <WireMessage M>
Bytes frame(const NetworkMagic& magic, const M& message);

// Only the header, for a sender that has the payload elsewhere.
std::array<std::byte, kFrameHeaderSize> frame_header(const NetworkMagic& magic,
                                                     std::string_view command, ByteSpan payload);

// What a broken frame's header says in place of the truth; an empty field stays correct. The bytes
// of the payload follow as they are, whatever `length` claims.
struct FrameFault {
  std::optional<NetworkMagic> magic = {};
  std::optional<std::array<char, kCommandSize>> command = {};  // such as one with bytes after a NUL
  std::optional<std::uint32_t> length = {};
  std::optional<Checksum> checksum = {};
};

// A frame for scenarios of misbehaviour, for example with `{.length = kMaxPayloadSize + 1}`.
Bytes broken_frame(const NetworkMagic& magic, std::string_view command, ByteSpan payload,
                   const FrameFault& fault);

// Cuts a stream of bytes into messages. A fault ends the stream: the messages before it can still
// be taken, later bytes are ignored. Memory grows with the bytes that have come, never with a
// length that a header announces.
class V1Deframer {
 public:
  explicit V1Deframer(const NetworkMagic& magic) : magic_(magic) {}

  // Takes the next bytes of the stream, cut anywhere.
  void feed(ByteSpan chunk);

  // The earliest whole message not taken before; nothing until more bytes have come, or after a
  // fault.
  std::optional<RawMessage> next();

  // Why the stream ended, once it has: wrong magic, a command that is not ASCII padded with NULs, a
  // wrong checksum (all Malformed) or a length above kMaxPayloadSize (Oversized). The offset counts
  // from the start of the stream to the header field that is wrong.
  const std::optional<DecodeError>& error() const { return error_; }

  // The stream's length so far, and how much of it belongs to a message that is not whole yet.
  std::uint64_t offset() const { return frame_offset_ + pending(); }
  std::size_t pending() const { return header_size_ + payload_.size(); }

 private:
  void read_header();
  void finish_message();
  void fail(std::size_t field_offset, DecodeFault fault, std::string what);

  NetworkMagic magic_;
  std::uint64_t frame_offset_ = 0;  // from the start of the stream to the current frame
  std::array<std::byte, kFrameHeaderSize> header_{};
  std::size_t header_size_ = 0;  // bytes of it that have come
  std::string command_;
  std::size_t payload_size_ = 0;  // as the header announces
  Bytes payload_;
  std::deque<RawMessage> messages_;
  std::optional<DecodeError> error_;
};

// ---- Implementation

// Writes the header in front of a payload that was encoded behind room for it.
void fill_frame_header(const NetworkMagic& magic, std::string_view command, Bytes& frame);

template <WireMessage M>
Bytes frame(const NetworkMagic& magic, const M& message) {
  Writer writer;
  writer.bytes(std::array<std::byte, kFrameHeaderSize>{});
  message.encode(writer);
  Bytes result = writer.take();
  fill_frame_header(magic, M::kCommand, result);
  return result;
}

}  // namespace noderig::p2p
