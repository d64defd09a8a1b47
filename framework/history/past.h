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
// changes, on the same version of a daemon. Partial executions prove nothing either way.
void mark_flaky(PastTest& test);

// The same within a run, on its way: sets Execution::flaky.
void mark_flaky(std::vector<Execution>& executions);

}  // namespace noderig
