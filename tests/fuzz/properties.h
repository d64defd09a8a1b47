// What must hold for any input from the wire. The libFuzzer targets and a unit test share these
// functions; each throws std::logic_error when its property does not hold.
#pragma once

#include <noderig/p2p/messages/registry.h>
#include <noderig/p2p/transport/v1.h>

#include <stdexcept>

namespace noderig::p2p::fuzz {

inline void require(bool holds, const std::string& what) {
  if (!holds) throw std::logic_error(what);
}

// The first byte picks the message, the others are its payload. A payload decodes and encodes to
// itself, since no message has two encodings, or gives an error that points into it; either way it
// can be described.
inline void check_decode_message(ByteSpan input) {
  if (input.empty()) return;
  const auto commands = all_commands();
  const std::string command(commands[std::to_integer<std::size_t>(input[0]) % commands.size()]);
  const ByteSpan payload = input.subspan(1);

  const Decoded<Message> message = decode_message(command, payload);
  require(!describe_message(command, payload).empty(), command + ": no description");
  if (!message) {
    require(message.error().offset <= payload.size(), command + ": error past the end");
    return;
  }
  const RawMessage raw = to_raw(*message);
  require(raw.command == command, command + " became " + raw.command);
  require(std::ranges::equal(raw.payload, payload), command + ": not the same bytes again");
}

struct Deframed {
  std::vector<RawMessage> messages;
  std::string error;

  friend bool operator==(const Deframed&, const Deframed&) = default;
};

inline Deframed deframe(ByteSpan stream, std::size_t chunk_size) {
  V1Deframer deframer(kRegtestMagic);
  Deframed result;
  for (std::size_t at = 0; at < stream.size(); at += chunk_size) {
    deframer.feed(stream.subspan(at, std::min(chunk_size, stream.size() - at)));
    while (auto message = deframer.next()) result.messages.push_back(*std::move(message));
  }
  if (deframer.error()) {
    require(deframer.error()->offset < stream.size(), "error past the end of the stream");
    result.error = deframer.error()->to_string();
  }
  return result;
}

// The first byte is the size of the chunks that the rest, a stream, comes in. A stream gives the
// same messages however it is cut, and they frame to the bytes that it began with.
inline void check_deframer(ByteSpan input) {
  if (input.empty()) return;
  const std::size_t chunk_size = std::to_integer<std::size_t>(input[0]) + 1;
  const ByteSpan stream = input.subspan(1);

  const Deframed whole = deframe(stream, std::max<std::size_t>(stream.size(), 1));
  require(whole == deframe(stream, chunk_size), "the cut of the stream matters");
  Bytes again;
  for (const RawMessage& message : whole.messages) {
    const Bytes framed = frame(kRegtestMagic, message.command, message.payload);
    again.insert(again.end(), framed.begin(), framed.end());
  }
  require(again.size() <= stream.size() && std::ranges::equal(again, stream.first(again.size())),
          "messages that were not in the stream");
}

// The same for a stream that begins with a sound frame around the input: a fuzzer does not find
// checksums by itself.
inline void check_deframer_behind_a_frame(ByteSpan input) {
  if (input.empty()) return;
  Bytes stream(input.begin(), input.begin() + 1);
  const Bytes framed = frame(kRegtestMagic, "ping", input.subspan(1));
  stream.insert(stream.end(), framed.begin(), framed.end());
  stream.insert(stream.end(), input.begin() + 1, input.end());
  check_deframer(stream);
}

}  // namespace noderig::p2p::fuzz
