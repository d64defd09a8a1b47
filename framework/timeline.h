// What happened in a scenario, in order: steps, RPC calls, messages, nodes starting and ending.
// Kept in memory, bounded, and written out when the scenario fails; with --trace each entry is also
// printed as it comes. Owned by the worker; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace noderig {

class Timeline {
 public:
  enum class Kind { Step, Rpc, Message, Node, Log };

  struct Entry {
    std::chrono::system_clock::time_point time;
    Kind kind;
    std::string source;  // the node or peer; empty for the scenario itself
    // The text is made when it is needed: decoding every message as it passes would cost more than
    // sending it.
    std::function<std::string()> text;
  };

  // The largest number of entries kept; older ones are dropped and counted.
  static constexpr std::size_t kCapacity = 20'000;

  void add(Kind kind, std::string source, std::function<std::string()> text);
  void add(Kind kind, std::string source, std::string text);

  // From now on calls `print` for each entry, on the thread that adds it.
  void print_with(std::function<void(const Entry&)> print);

  // The latest entries as text, oldest first.
  std::vector<std::string> latest(std::size_t count) const;

  // One JSON object a line: time, kind, source, text.
  void write(const std::filesystem::path& file) const;

 private:
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;
  std::uint64_t dropped_ = 0;
  std::function<void(const Entry&)> print_;
};

// "12:34:56.123456 node0 rpc: getblockcount -> 101"
std::string to_string(const Timeline::Entry& entry);

}  // namespace noderig
