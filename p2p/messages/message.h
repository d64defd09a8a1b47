// What a wire message is: the shape that every struct in this folder has, and the few pieces they
// share. A message is a value: it owns what it holds and may be copied, compared and moved between
// threads. Decoders enforce the protocol's limits; encoders write what they are given, since a
// scenario may want to send what no peer may. Any thread.
#pragma once

#include <fmt/core.h>
#include <noderig/p2p/primitives/bytes.h>
#include <noderig/p2p/primitives/serialize.h>
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace noderig::p2p {

// A struct with a command name, its payload's encoding both ways, and a text for people: the fields
// on one line without the command, hashes as nodes print them, long lists cut short.
template <typename M>
concept WireMessage = std::copyable<M> && std::default_initializable<M> &&
    std::equality_comparable<M> && requires(const M& message, Writer& writer, Reader& reader) {
  { M::kCommand } -> std::convertible_to<std::string_view>;
  { message.encode(writer) } -> std::same_as<void>;
  { M::decode(reader) } -> std::same_as<M>;
  { message.describe() } -> std::same_as<std::string>;
};

// Any command with any payload: what arrives under a name that no message here has, and what a
// scenario sends without building a message.
struct RawMessage {
  std::string command{};
  Bytes payload{};

  friend bool operator==(const RawMessage&, const RawMessage&) = default;
};

// A message's payload under its command.
template <WireMessage M>
RawMessage to_raw(const M& message) {
  return {std::string(M::kCommand), encode_of(message)};
}

// A command as a template argument, for messages that differ in nothing but their name.
template <std::size_t N>
struct CommandName {
  // NOLINTNEXTLINE(google-explicit-constructor): a string literal is to be the argument
  consteval CommandName(const char (&literal)[N]) { std::copy_n(literal, N, text); }
  constexpr std::string_view view() const { return {text, N - 1}; }

  char text[N];
};

// A message without a payload.
template <CommandName Name>
struct EmptyMessage {
  static constexpr std::string_view kCommand = Name.view();

  void encode(Writer&) const {}
  static EmptyMessage decode(Reader&) { return {}; }
  std::string describe() const { return {}; }

  friend bool operator==(const EmptyMessage&, const EmptyMessage&) = default;
};

// A compact size, then that many items, each read by `decode_item(reader)`. `item_bytes` is the
// least one item takes, so that no count reserves more than the input can hold. Stops at the first
// fault.
template <typename DecodeItem>
auto decode_list(Reader& reader, std::string_view field, std::size_t item_bytes,
                 std::uint64_t limit, DecodeItem decode_item) {
  std::vector<decltype(decode_item(reader))> items;
  const std::size_t count = reader.count(field, item_bytes, limit);
  items.reserve(count);
  while (reader.ok() && items.size() < count) items.push_back(decode_item(reader));
  return items;
}

// The same for items that are types of their own.
template <typename T>
std::vector<T> decode_list(Reader& reader, std::string_view field, std::size_t item_bytes,
                           std::uint64_t limit = Reader::kMaxSize) {
  return decode_list(reader, field, item_bytes, limit, &T::decode);
}

// A compact size and the items, each written by its own encode().
template <typename T>
void encode_list(Writer& writer, const std::vector<T>& items) {
  writer.compact_size(items.size());
  for (const T& item : items) item.encode(writer);
}

// Lists of hashes, which are the most frequent.
std::vector<Uint256> decode_hashes(Reader& reader, std::string_view field,
                                   std::uint64_t limit = Reader::kMaxSize);
void encode_hashes(Writer& writer, const std::vector<Uint256>& hashes);

// "2 [a, b]"; of a longer list the first `shown` items: "2000 [a, b, c, d, ...]".
template <typename List, typename DescribeItem>
std::string describe_list(const List& items, DescribeItem describe_item, std::size_t shown = 4) {
  std::string text = std::to_string(items.size()) + " [";
  std::size_t index = 0;
  for (const auto& item : items) {
    if (index != 0) text += ", ";
    if (index == shown) {
      text += "...";
      break;
    }
    text += std::invoke(describe_item, item);
    ++index;
  }
  return text + "]";
}
std::string describe_list(const std::vector<Uint256>& hashes, std::size_t shown = 4);

// "36000 bytes 0102..." with at most `shown` bytes in hexadecimal.
std::string describe_bytes(ByteSpan bytes, std::size_t shown = 32);

// The text in double quotes on one line: quotes, backslashes and bytes that are no printable ASCII
// become escapes.
std::string quote(std::string_view text);

}  // namespace noderig::p2p
