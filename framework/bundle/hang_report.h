// Where a scenario stands whose time is up: every thread and what it waits for, the last messages
// of each peer, the end of each daemon's log. Gathered by the worker while all of it still stands,
// into the bundle's hang.txt. Any thread.
#pragma once

#include <noderig/framework/bundle/wait_registry.h>
#include <noderig/framework/timeline.h>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

inline constexpr std::string_view kHangReportName = "hang.txt";

// A thread of this process as the kernel shows it.
struct ThreadState {
  pid_t id = 0;
  bool main = false;
  std::string name{};
  char state = '?';       // R: runs, S: sleeps, D: waits for a device
  std::string channel{};  // the kernel's function it sleeps in; empty when that is not told
};

// The threads of a process, from /proc; none when that cannot be read.
std::vector<ThreadState> threads_of(pid_t process);

// One line a wait: "the main thread: peer0@node0: waits for merkleblock (since 4.9 s)"; says so
// when the main thread waits for nothing that is known.
std::string describe_waits(const std::vector<WaitRegistry::Wait>& waits,
                           const std::vector<ThreadState>& threads);

struct HangScene {
  std::string position{};  // the sub-test and step
  std::vector<WaitRegistry::Wait> waits{};
  std::vector<ThreadState> threads{};
  const Timeline& timeline;
  std::filesystem::path directory{};  // with a directory a node in it
};

// The whole report, bounded in size.
std::string hang_report(const HangScene& scene);

}  // namespace noderig
