// Runs programs several at a time, each in a process group of its own that is gone when its result
// is told: what a test leaves in the background is killed. A program that the pool's process leaves
// behind, killed by -9, is killed with it. One thread, and the only one of its process: it forks.
#pragma once

#include <noderig/framework/runner/interruption.h>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace noderig::impact {

struct Launch {
  std::vector<std::string> argv{};         // the program, searched on PATH when it has no slash
  std::filesystem::path directory{};       // to run in; empty: the caller's
  std::vector<std::string> environment{};  // NAME=VALUE, over the caller's own
  std::filesystem::path output{};          // a file for what it prints
  std::chrono::milliseconds timeout = std::chrono::minutes(25);
};

struct LaunchEnd {
  int status = 0;  // exit status; 128 + N when signal N ended it
  bool timed_out = false;
  std::chrono::duration<double> seconds{};
};

class ProcessPool {
 public:
  // `next` gives the number and the program to start, or nothing when all have begun; `ended` is
  // told each end by that number. Returns when all have ended, or, having killed those that run,
  // when the user interrupts: false then.
  using Next = std::function<std::optional<std::pair<std::size_t, Launch>>()>;
  using Ended = std::function<void(std::size_t, const LaunchEnd&)>;

  ProcessPool(int jobs, Interruption& interruption) : jobs_(jobs), interruption_(interruption) {}
  bool run(const Next& next, const Ended& ended);

 private:
  struct Running;
  void kill_all(std::vector<Running>& running);

  int jobs_;
  Interruption& interruption_;
};

}  // namespace noderig::impact
