#include <noderig/p2p/messages/registry.h>

namespace noderig::p2p {
namespace {

struct Entry {
  std::string_view command;
  Decoded<Message> (*decode)(ByteSpan payload);
};

template <WireMessage M>
Decoded<Message> decode_one(ByteSpan payload) {
  Decoded<M> message = decode_as<M>(payload);
  if (!message) return message.error();
  return Message(*std::move(message));
}

template <typename Tuple>
struct Tables;
template <WireMessage... Ms>
struct Tables<std::tuple<Ms...>> {
  static constexpr std::array<std::string_view, sizeof...(Ms)> kCommands = {Ms::kCommand...};
  static constexpr std::array<Entry, sizeof...(Ms)> kEntries = {
      Entry{Ms::kCommand, &decode_one<Ms>}...};
};

std::string line(std::string_view command, const std::string& fields) {
  return fields.empty() ? std::string(command) : fmt::format("{} {}", command, fields);
}

std::string printable(std::string_view command) {
  const bool plain = std::ranges::all_of(command, [](char c) { return c > ' ' && c <= '~'; });
  return plain && !command.empty() ? std::string(command) : quote(command);
}

}  // namespace

std::span<const std::string_view> all_commands() {
  return Tables<AllMessages>::kCommands;
}

Decoded<Message> decode_message(std::string_view command, ByteSpan payload) {
  for (const Entry& entry : Tables<AllMessages>::kEntries) {
    if (entry.command == command) return entry.decode(payload);
  }
  return Message(RawMessage{std::string(command), Bytes(payload.begin(), payload.end())});
}

RawMessage to_raw(const Message& message) {
  return std::visit(
      []<typename M>(const M& one) -> RawMessage {
        if constexpr (std::same_as<M, RawMessage>) {
          return one;
        } else {
          return to_raw<M>(one);
        }
      },
      message);
}

std::string describe_message(std::string_view command, ByteSpan payload) {
  const Decoded<Message> message = decode_message(command, payload);
  if (message) return describe_message(*message);
  return line(printable(command),
              fmt::format("{} ({})", describe_bytes(payload), message.error().to_string()));
}

std::string describe_message(const Message& message) {
  return std::visit(
      []<typename M>(const M& one) {
        if constexpr (std::same_as<M, RawMessage>) {
          return line(printable(one.command), describe_bytes(one.payload));
        } else {
          return line(M::kCommand, one.describe());
        }
      },
      message);
}

}  // namespace noderig::p2p
