// How long an execution may take: not a constant, but a multiple of what it took before, or of what
// its author declared, on a machine that is this fast and this busy. Pure functions; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace noderig {

// What is known of a scenario's earlier executions that passed, in seconds.
struct PastTimes {
  int runs = 0;  // on the flavour of daemon in question; none: the rest is that of others
  double median = 0;
  double high = 0;  // of ten runs, nine took no longer
};

// What makes the same work take longer here.
struct Pace {
  double slowness = 1;  // of the machine: machine_slowness()
  double crowding = 1;  // executions for each core, at least 1
  double asked = 1;     // --timeout-factor
};

// `load` is the load average.
double crowding(int jobs, int cores, double load);

struct TimeLimit {
  std::chrono::milliseconds whole{};  // of the execution
  double wait_factor = 1;             // of the bounds of single waits inside of it
  std::string basis{};                // why: "8 times the 3.1 s it took before, ..."
};

TimeLimit time_limit(std::chrono::seconds declared, const std::optional<PastTimes>& past,
                     const Pace& pace);

// What an execution is expected to take, in seconds: its median, or without one a guess from what
// its author declared, which is good for comparing such executions alone.
double expected_seconds(std::chrono::seconds declared, const std::optional<PastTimes>& past);

}  // namespace noderig
