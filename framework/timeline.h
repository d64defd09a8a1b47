// What happened in a scenario, in order: steps, RPC calls, messages, nodes starting and ending.
// Recorded in a file of bounded size that keeps what is in it when the process is killed; with
// --trace each entry is also printed as it comes. An entry is recorded as it is, and made into text
// only when somebody reads it: decoding every message as it passes would cost more than sending it.
// Owned by the worker; any thread.
#pragma once

#include <noderig/p2p/primitives/bytes.h>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

class RecordingWriter;

class Timeline {
 public:
  enum class Kind : std::uint8_t {
    Step,
    Rpc,
    Message,  // of a peer, or a notification
    Peer,     // a peer's connection begins ("opened") or ends ("closed")
    Node,     // a daemon starts or ends
    Log,
  };

  // What an entry refers to is the caller's, or the reader's.
  struct Entry {
    std::chrono::system_clock::time_point time{};
    Kind kind = Kind::Log;
    std::string_view source{};  // the node or peer; empty for the scenario itself
    // The method of a call, the command of a message, "opened" or "closed" of a peer.
    std::string_view name{};
    // What a step, a node or a log says; a call's arguments, a peer's own address or reason.
    std::string_view text{};
    std::string_view reply{};              // a call's result or error, the address of a peer's node
    std::chrono::microseconds duration{};  // of a call
    bool failed = false;                   // the call
    bool sent = false;             // the message, to the node; the peer was the one to connect
    std::uint32_t connection = 0;  // tells a scenario's peers apart, also those of one name
    ByteSpan header{};             // of the frame that was sent
    ByteSpan payload{};            // of the message
  };

  // The largest number of entries that write() writes.
  static constexpr std::size_t kCapacity = 20'000;

  // Records nothing.
  Timeline();
  // Records in `file`, which is made. Throws EnvironmentError when it cannot be.
  explicit Timeline(const std::filesystem::path& file);
  ~Timeline();
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  // Adds an entry; without a time it gets the present one.
  void add(Entry entry);
  void add(Kind kind, std::string_view source, std::string_view text);

  // From now on calls `print` for each entry, on the thread that adds it.
  void print_with(std::function<void(const Entry&)> print);

  // Hands the entries that are still kept to `reader`, oldest first, and how many are not. Nothing
  // can be added until it returns.
  void read(const std::function<void(std::span<const Entry> entries, std::uint64_t dropped)>&
                reader) const;

  // The latest entries, one JSON object a line: time_us, kind, source, text; for calls duration_us
  // and failed. A first line {"dropped":N} when there were more.
  void write(const std::filesystem::path& file) const;

 private:
  mutable std::mutex mutex_;
  std::unique_ptr<RecordingWriter> recording_;
  std::function<void(const Entry&)> print_;
};

// "step", "rpc", "p2p", "node", "log"
std::string_view name_of(Timeline::Kind kind);

// The entry without its time and source: "getblockcount [] -> 101 (85 us)", "-> ping nonce=...".
// Long ones are cut short.
std::string describe(const Timeline::Entry& entry);

// "12:34:56.123456 node0 rpc: getblockcount [] -> 101 (85 us)"
std::string to_string(const Timeline::Entry& entry);

// "12:34:56.123456", UTC.
std::string clock_text(std::chrono::system_clock::time_point time);

}  // namespace noderig
