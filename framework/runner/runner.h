// Executes a plan: one worker process an execution, so many at a time, each within its time. A
// verdict is given only when the last process of its worker has ended. Runs on the calling thread,
// whose process must have no other; not reentrant.
#pragma once

#include <noderig/framework/node/profile.h>
#include <noderig/framework/plugin.h>
#include <noderig/framework/runner/results.h>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace noderig {

// One scenario on one daemon.
struct PlannedExecution {
  Scenario scenario;
  DaemonProfile daemon;
  std::string daemon_name;              // in this run
  std::vector<std::string> subtests{};  // empty: all
};

struct RunOptions {
  std::string run;  // names the run and its folder of bundles
  std::uint64_t seed = 0;
  int jobs = 1;
  double timeout_factor = 1;
  bool keep = false;
  bool trace = false;
  std::filesystem::path bundles;  // a failure leaves bundles/RUN/SCENARIO
};

// Told what happens while it happens, on the runner's thread.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  // `index` counts from 0 in the order of the plan.
  virtual void started(std::size_t index, const PlannedExecution& execution) = 0;
  virtual void step(std::size_t index, const std::string& text) = 0;
  virtual void finished(std::size_t index, const Execution& execution) = 0;
  virtual void interrupted() = 0;  // by the user: what runs is asked to end
  virtual void tick() = 0;         // about ten times a second
};

// Why the scenario would be skipped here and now: a capability that the daemon lacks, or too little
// disk. Empty when it can run.
std::string unmet_need(const ScenarioMetadata& metadata, const DaemonProfile& daemon);

// Runs the plan in its order. SIGINT and SIGTERM end it early: what runs then is interrupted, what
// has not begun is left out; a second one kills.
RunResult run_plan(const std::vector<PlannedExecution>& plan, const RunOptions& options,
                   RunObserver& observer);

}  // namespace noderig
