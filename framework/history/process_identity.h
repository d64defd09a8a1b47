// Which process wrote something, told apart from a later one with the same number. Value type; any
// thread.
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <string>

namespace noderig {

struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t start = 0;  // clock ticks since the machine's start
  std::string boot{};       // differs each time the machine starts

  bool operator==(const ProcessIdentity&) const = default;
};

// The calling process.
ProcessIdentity this_process();

// Whether that very process still runs; a zombie does not.
bool runs(const ProcessIdentity& process);

}  // namespace noderig
