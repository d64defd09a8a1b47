// What a peer has received, in order, with a reading position for each message type. The peer owns
// one and guards it with its mutex; nothing here locks or waits.
#pragma once

#include <noderig/p2p/primitives/bytes.h>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace noderig::p2p {

// A place between two received messages; positions count from 0 at the start of the connection.
struct Cursor {
  std::size_t position = 0;

  friend constexpr auto operator<=>(Cursor, Cursor) = default;
};

// One message as it came, not decoded.
struct Received {
  std::size_t position = 0;
  std::chrono::system_clock::time_point time;
  std::string command;
  std::shared_ptr<const Bytes> payload;
};

class Inbox {
 public:
  // Appends a message; its position is the old size().
  void push(std::string_view command, std::shared_ptr<const Bytes> payload);

  std::size_t size() const { return messages_.size(); }
  const Received& at(std::size_t position) const { return messages_[position]; }

  // Takes the earliest message with one of `commands` that was not taken before; null when there is
  // none. The pointer is good until the next push.
  const Received* take(std::span<const std::string_view> commands);

  // The message that take() would give, left there; null when there is none.
  const Received* next(std::string_view command) const;

  // The earliest message with that command at or after `from`, taken or not; null when there is
  // none.
  const Received* find(std::string_view command, Cursor from) const;

  // How many messages with that command came at or after `from`, and how many are not yet taken.
  std::size_t count(std::string_view command, Cursor from) const;
  std::size_t untaken(std::string_view command) const;

  // Just past the latest message that take() has given out.
  Cursor last_taken() const { return last_taken_; }

 private:
  struct Type {
    std::vector<std::size_t> positions;  // of all messages with this command, ascending
    std::size_t taken = 0;               // how many of them, from the front, are taken
  };

  const Type* type(std::string_view command) const;

  std::vector<Received> messages_;
  std::map<std::string, Type, std::less<>> types_;
  Cursor last_taken_;
};

}  // namespace noderig::p2p
