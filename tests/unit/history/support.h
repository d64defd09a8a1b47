// Records that history's tests write and compare. One thread.
#pragma once

#include <noderig/framework/history/history.h>
#include <string>
#include <vector>

#include "../framework/support.h"

namespace noderig {

inline const DaemonUsed kSomeKnots{
    .name = "knots", .flavour = "knots", .version = "29.4", .path = "/k/bitcoind", .arguments = {}};
inline const DaemonUsed kSomeBcoin{
    .name = "bcoin", .flavour = "bcoin", .version = "1.0.2", .path = "/b/bcoin", .arguments = {}};

inline TimePoint at_second(int second) {
  return TimePoint(std::chrono::seconds(1'700'000'000 + second));
}

// A finished run of clean sources at `revision`.
inline RecordedRun some_run(const std::string& name, int second = 0,
                            const std::string& revision = "abc") {
  return {.name = name,
          .origin = "noderig",
          .time = at_second(second),
          .machine = {.host = "box", .system = "Linux 6", .cores = 2, .memory_bytes = 1 << 30},
          .command = "noderig run",
          .seed = 0xffff'ffff'ffff'fffe,
          .revision = revision,
          .modified = false,
          .daemons = {kSomeBcoin, kSomeKnots},
          .wall = 12.5};
}

inline RecordedExecution some_execution(std::size_t position, Verdict verdict,
                                        const std::string& scenario = "rest", int second = 0) {
  RecordedExecution one{
      .position = position, .test = scenario_test_id(scenario), .daemon = "knots"};
  one.time = at_second(second);
  one.verdict = verdict;
  one.seconds = 2;
  return one;
}

inline bool any_test(std::string_view) {
  return true;
}

// The verdicts of a test, oldest first.
inline std::vector<Verdict> verdicts_of(History& history, const std::string& id) {
  const PastTests past =
      history.past([&](std::string_view one) { return one == id; }, History::Subtests::With);
  std::vector<Verdict> verdicts;
  if (past.tests.empty()) return verdicts;
  for (const PastExecution& one : past.tests.front().executions) verdicts.push_back(one.verdict);
  return verdicts;
}

}  // namespace noderig
