// Past executions of tests, as one reads them. Value types; any thread.
#pragma once

#include <noderig/framework/history/failure_class.h>
#include <noderig/framework/history/records.h>
#include <noderig/framework/history/time_point.h>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

struct PastRun {
  std::string name;
  TimePoint time{};
  std::string revision{};          // empty: not known
  std::optional<bool> modified{};  // the sources differed from that revision
  std::string host{};
};

struct PastDaemon {
  std::string flavour;
  std::string version;
  std::string path{};

  std::string to_string() const { return version.empty() ? flavour : flavour + " " + version; }
  bool operator==(const PastDaemon&) const = default;
};

struct PastExecution {
  const PastRun* run = nullptr;        // of PastTests::runs
  const PastDaemon* daemon = nullptr;  // of PastTests::daemons; null where none was involved
  TimePoint time{};
  Verdict verdict = Verdict::Passed;
  FailureClass failure = FailureClass::None;
  double seconds = 0;
  bool partial = false;  // only some of its sub-tests ran
  bool flaky = false;    // it failed, and the same build passed: see mark_flaky
  std::vector<Defect> defects{};
};

struct PastTest {
  std::string id;
  std::vector<PastExecution> executions{};  // oldest first
};

// A scenario that failed, and the run in which it did.
struct PastFailure {
  std::string scenario;
  PastDaemon daemon{};
  std::string run{};

  bool operator==(const PastFailure&) const = default;
};

// Owns what its executions point to.
struct PastTests {
  std::vector<PastTest> tests{};  // by id
  std::vector<PastRun> runs{};
  std::map<std::int64_t, PastDaemon> daemons{};

  PastTests() = default;
  PastTests(PastTests&&) = default;
  PastTests& operator=(PastTests&&) = default;
};

// Marks failures that the same build did not repeat: within one run on one daemon a failure beside
// a pass, in whatever order; across runs, a failure before a pass of the same revision, without
// changes, on the same version of a daemon. Partial executions prove nothing either way, and what
// the rig could not do is no failure of the build's.
void mark_flaky(PastTest& test);

// The same within a run, on its way: sets Execution::flaky.
void mark_flaky(std::vector<Execution>& executions);

// Marks what passed in the run as a whole though the same build had failed: sets flaky and
// failed_in. `failures` are those that History::failures_at knows of the run's revision. Nothing is
// marked where the build cannot be told.
void mark_failed_before(RunResult& run, const std::vector<PastFailure>& failures);

}  // namespace noderig
