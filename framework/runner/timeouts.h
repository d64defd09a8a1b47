// How long an execution may take: not a constant, but a multiple of what it took before, or of what
// its author declared, on a machine that is this fast and this busy. Pure functions; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace noderig {

// How long a worker whose time is up may take to end its waits, stop its nodes and report;
// multiplied by the timeout factor.
inline constexpr std::chrono::seconds kGrace{15};

// What is known of a scenario's earlier executions that passed, in seconds.
struct PastTimes {
  int runs = 0;  // on the flavour of daemon in question; none: the rest is that of others
  double median = 0;
  double high = 0;   // of ten runs, nine took no longer
  double least = 0;  // the quickest of these runs
};

// What makes the same work take longer here.
struct Pace {
  double slowness = 1;  // of the machine: machine_slowness()
  double crowding = 1;  // what wants a core for each that there is, at least 1
  double asked = 1;     // --timeout-factor
};

// `cores` are those that the jobs may use, `load` is the load average for each of the machine.
double crowding(int jobs, int cores, double load);

struct TimeLimit {
  std::chrono::milliseconds whole{};  // of the execution
  double wait_factor = 1;             // of the bounds of single waits inside of it
  std::string basis{};                // why: "8 times the 3.1 s it took before, ..."
};

TimeLimit time_limit(std::chrono::seconds declared, const std::optional<PastTimes>& past,
                     const Pace& pace);

// In how many seconds `noderig run` has ended at the latest, for whoever watches it: whatever the
// scenario does, took before, and the pace is, but for what --timeout-factor asks.
std::chrono::seconds latest_end(std::chrono::seconds declared);

// What an execution is expected to take, in seconds: its median, or without one a guess from what
// its author declared, which is good for comparing such executions alone.
double expected_seconds(std::chrono::seconds declared, const std::optional<PastTimes>& past);

}  // namespace noderig
