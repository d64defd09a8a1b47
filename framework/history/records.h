// What history keeps, as values: a run with its executions, as it is written, imported and exported
// again. Enumerations are stored by number: values are added at the end, never changed. Any thread.
//
// A test has an id: "scenario:NAME", "scenario:NAME/SUBTEST", "gtest:TARGET/Suite.Case",
// "ctest:NAME"; results from elsewhere keep the name they have there.
#pragma once

#include <noderig/framework/history/failure_class.h>
#include <noderig/framework/history/time_point.h>
#include <noderig/framework/runner/results.h>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

inline constexpr std::string_view kScenarioPrefix = "scenario:";

// The id of a scenario, or of one of its sub-tests.
std::string scenario_test_id(const std::string& scenario, const std::string& subtest = {});

// The scenario that an id names; empty when it is another kind of test, or a sub-test.
std::string scenario_of_test_id(const std::string& id);

// The verdict that has that name; nothing when none has.
std::optional<Verdict> verdict_of_name(std::string_view name);

struct RecordedSubtest {
  std::string test;  // its id
  Verdict verdict = Verdict::Passed;
  double seconds = 0;
  std::string reason{};

  bool operator==(const RecordedSubtest&) const = default;
};

// A defect that a failed execution was traced to.
struct Defect {
  std::string id;
  double weight = 1;

  bool operator==(const Defect&) const = default;
};

struct RecordedExecution {
  std::size_t position = 0;  // in its run, from 0
  std::string test;          // its id
  std::string daemon{};      // DaemonUsed::name in its run; empty when none was involved
  TimePoint time{};          // when it began
  bool partial = false;      // only some of its sub-tests were asked for
  Verdict verdict = Verdict::Interrupted;
  double seconds = 0;
  double rig_cpu = 0;
  double daemon_cpu = 0;
  double busiest_daemon_cpu = 0;
  std::int64_t peak_rss_bytes = 0;
  std::int64_t assertions = 0;
  FailureClass failure = FailureClass::None;
  std::string reason{};
  bool flaky = false;  // as whoever reported it says
  std::string bundle{};
  std::vector<RecordedSubtest> subtests{};
  std::vector<Defect> defects{};

  bool operator==(const RecordedExecution&) const = default;
};

struct RecordedRun {
  std::string name;    // unique among all runs on all machines
  std::string origin;  // the tool that ran it: "noderig", "ctest", ...
  TimePoint time{};
  Machine machine{};
  std::string command{};
  std::optional<std::uint64_t> seed{};
  std::string revision{};          // of the sources; empty when not known
  std::optional<bool> modified{};  // whether the sources differed from that revision
  std::vector<DaemonUsed> daemons{};
  std::optional<double> wall{};  // seconds; nothing while it goes on, or when it was cut off
  std::vector<RecordedExecution> executions{};
  std::optional<ShardOfRun> shard{};  // as its results say; not kept
};

// How a scenario's execution is recorded: the `position`th of its run, begun at `time`.
RecordedExecution recorded(const Execution& execution, std::size_t position, TimePoint time);

}  // namespace noderig
