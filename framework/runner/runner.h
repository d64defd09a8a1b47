// Executes a plan: one worker process an execution, as many at a time as the schedule says, each
// within its time. A verdict is given only when the last process of its worker has ended. Runs on
// the calling thread, whose process must have no other; not reentrant.
#pragma once

#include <noderig/framework/node/profile.h>
#include <noderig/framework/plugin.h>
#include <noderig/framework/prove/tamper.h>
#include <noderig/framework/runner/interruption.h>
#include <noderig/framework/runner/results.h>
#include <noderig/framework/runner/schedule.h>
#include <noderig/framework/runner/timeouts.h>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

// One scenario on one daemon.
struct PlannedExecution {
  Scenario scenario;
  DaemonProfile daemon;
  std::string daemon_name;              // in this run
  std::vector<std::string> subtests{};  // empty: all
  std::vector<std::string> reasons{};   // why it is in the plan
  std::optional<int> risk{};            // what is at stake until it passes, where a plan says so
  std::optional<PastTimes> past{};      // of the whole scenario on this flavour
  std::optional<prove::Order> tamper{};
  std::optional<std::chrono::milliseconds> timeout{};  // instead of the scenario's own
  bool excused = false;                                // its failure does not count
};

// What the schedule is to know of it.
ScheduledItem scheduled(const PlannedExecution& execution);

struct RunOptions {
  std::string run;         // names the run and its folder of bundles
  std::uint64_t seed = 0;  // of the first round; each further one adds 1
  SchedulePolicy policy{};
  Pace pace{};
  bool keep = false;
  bool trace = false;
  bool pause_on_failure = false;  // takes one job
  std::filesystem::path bundles;  // a failure leaves bundles/RUN/SCENARIO
  // The command that repeats an execution with its seed, for its bundle.
  std::function<std::string(const PlannedExecution&, std::uint64_t seed)> repeat_command{};
};

// Told what happens while it happens, on the runner's thread. `execution` counts what starts from
// 0; with repetitions one of the plan starts several times.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void started(std::size_t /*execution*/, const PlannedExecution& /*planned*/) {}
  virtual void step(std::size_t /*execution*/, const std::string& /*text*/) {}
  // The step that it has just come to is one that the user is to know of when it is over.
  virtual void warning(std::size_t /*execution*/, const std::string& /*text*/) {}
  // Also of what was skipped instead of being started.
  virtual void finished(std::size_t /*execution*/, const Execution& /*result*/) {}
  // It has failed and stands still with its nodes running, as RunOptions::pause_on_failure asks;
  // `text` has the reason and how to reach the nodes. Enter ends that, or a signal.
  virtual void paused(std::size_t /*execution*/, const std::string& /*text*/) {}
  virtual void interrupted() {}  // by the user: what runs is asked to end
  virtual void tick() {}         // about ten times a second
};

// Why the scenario would be skipped here and now: a capability that the daemon lacks, or too little
// disk. Empty when it can run.
std::string unmet_need(const ScenarioMetadata& metadata, const DaemonProfile& daemon);

// Runs the plan in that order. An interruption ends it early: what runs then is interrupted, what
// has not begun is left out; a second one kills.
RunResult run_plan(const std::vector<PlannedExecution>& plan, const RunOptions& options,
                   std::unique_ptr<Order> order, Interruption& interruption,
                   const std::vector<RunObserver*>& observers);

}  // namespace noderig
