#include <fmt/core.h>
#include <noderig/p2p/primitives/hash.h>
#include <noderig/p2p/transport/v1.h>
#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace noderig::p2p {
namespace {

using Command = std::array<char, kCommandSize>;

// Where the header's fields begin.
constexpr std::size_t kCommandOffset = 4;
constexpr std::size_t kLengthOffset = 16;
constexpr std::size_t kChecksumOffset = 20;

Command padded(std::string_view command) {
  if (command.size() > kCommandSize) {
    throw std::invalid_argument("a command has at most 12 bytes: " + quote(command));
  }
  Command result{};
  std::ranges::copy(command, result.begin());
  return result;
}

std::array<std::byte, kFrameHeaderSize> header_of(const NetworkMagic& magic, const Command& command,
                                                  std::uint32_t length, const Checksum& checksum) {
  std::array<std::byte, kFrameHeaderSize> header;
  std::memcpy(header.data(), magic.data(), magic.size());
  std::memcpy(header.data() + kCommandOffset, command.data(), command.size());
  std::memcpy(header.data() + kLengthOffset, &length, sizeof length);
  std::memcpy(header.data() + kChecksumOffset, checksum.data(), checksum.size());
  return header;
}

Bytes joined(ByteSpan header, ByteSpan payload) {
  Bytes result;
  result.reserve(header.size() + payload.size());
  result.insert(result.end(), header.begin(), header.end());
  result.insert(result.end(), payload.begin(), payload.end());
  return result;
}

// The command without its padding; nothing when it is not printable ASCII followed by NULs only.
std::optional<std::string> unpadded(std::string_view field) {
  const std::size_t end = std::min(field.find('\0'), field.size());
  const std::string_view command = field.substr(0, end);
  const bool printable = std::ranges::all_of(command, [](char c) { return c >= ' ' && c <= '~'; });
  const bool padding = std::ranges::all_of(field.substr(end), [](char c) { return c == '\0'; });
  if (!printable || !padding) return std::nullopt;
  return std::string(command);
}

}  // namespace

Checksum checksum_of(ByteSpan payload) {
  const Uint256 hash = sha256d(payload);
  Checksum checksum;
  std::copy_n(hash.wire().begin(), checksum.size(), checksum.begin());
  return checksum;
}

std::array<std::byte, kFrameHeaderSize> frame_header(const NetworkMagic& magic,
                                                     std::string_view command, ByteSpan payload) {
  return header_of(magic, padded(command), static_cast<std::uint32_t>(payload.size()),
                   checksum_of(payload));
}

Bytes frame(const NetworkMagic& magic, std::string_view command, ByteSpan payload) {
  return joined(frame_header(magic, command, payload), payload);
}

void fill_frame_header(const NetworkMagic& magic, std::string_view command, Bytes& frame) {
  const auto header = frame_header(magic, command, ByteSpan(frame).subspan(kFrameHeaderSize));
  std::ranges::copy(header, frame.begin());
}

Bytes broken_frame(const NetworkMagic& magic, std::string_view command, ByteSpan payload,
                   const FrameFault& fault) {
  const auto length = static_cast<std::uint32_t>(payload.size());
  const auto header = header_of(
      fault.magic.value_or(magic), fault.command ? *fault.command : padded(command),
      fault.length.value_or(length), fault.checksum ? *fault.checksum : checksum_of(payload));
  return joined(header, payload);
}

void V1Deframer::feed(ByteSpan chunk) {
  while (!chunk.empty() && !error_) {
    if (header_size_ < kFrameHeaderSize) {
      const std::size_t size = std::min(kFrameHeaderSize - header_size_, chunk.size());
      std::ranges::copy(chunk.first(size), header_.begin() + header_size_);
      header_size_ += size;
      chunk = chunk.subspan(size);
      if (header_size_ == kFrameHeaderSize) read_header();
    } else {
      const std::size_t size = std::min(payload_size_ - payload_.size(), chunk.size());
      const std::size_t grown = payload_.size() + size;
      if (payload_.capacity() < grown) {
        // At most twice what has come, and never more than the message needs.
        payload_.reserve(std::min(payload_size_, std::max(grown, 2 * payload_.capacity())));
      }
      payload_.insert(payload_.end(), chunk.begin(), chunk.begin() + size);
      chunk = chunk.subspan(size);
    }
    const bool whole = header_size_ == kFrameHeaderSize && payload_.size() == payload_size_;
    if (whole && !error_) finish_message();
  }
}

std::optional<RawMessage> V1Deframer::next() {
  if (messages_.empty()) return std::nullopt;
  std::optional<RawMessage> message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

void V1Deframer::read_header() {
  const ByteSpan header = header_;
  if (std::memcmp(header.data(), magic_.data(), magic_.size()) != 0) {
    return fail(0, DecodeFault::Malformed,
                fmt::format("magic {} where {} is due", to_hex(header.first(magic_.size())),
                            to_hex(std::as_bytes(std::span(magic_)))));
  }
  const std::string_view field(reinterpret_cast<const char*>(header.data()) + kCommandOffset,
                               kCommandSize);
  std::optional<std::string> command = unpadded(field);
  if (!command) return fail(kCommandOffset, DecodeFault::Malformed, "command " + quote(field));
  command_ = std::move(*command);

  std::uint32_t length = 0;
  std::memcpy(&length, header.data() + kLengthOffset, sizeof length);
  if (length > kMaxPayloadSize) {
    return fail(kLengthOffset, DecodeFault::Oversized,
                fmt::format("payload of {} bytes in {}", length, quote(command_)));
  }
  payload_size_ = length;
}

void V1Deframer::finish_message() {
  const ByteSpan announced = ByteSpan(header_).subspan(kChecksumOffset);
  const Checksum checksum = checksum_of(payload_);
  if (!std::ranges::equal(announced, checksum)) {
    return fail(kChecksumOffset, DecodeFault::Malformed,
                fmt::format("checksum {} of {} where {} is due", to_hex(announced), quote(command_),
                            to_hex(checksum)));
  }
  messages_.push_back({std::move(command_), std::move(payload_)});
  frame_offset_ += kFrameHeaderSize + payload_size_;
  header_size_ = 0;
  payload_size_ = 0;
  payload_ = {};
}

void V1Deframer::fail(std::size_t field_offset, DecodeFault fault, std::string what) {
  error_ = DecodeError{fault, frame_offset_ + field_offset, std::move(what)};
}

}  // namespace noderig::p2p
