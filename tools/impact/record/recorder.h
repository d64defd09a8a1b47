// Builds a project, runs its tests and keeps what each executed. One thread, and the only one of
// its process while tests run.
#pragma once

#include <impact/record/recording.h>
#include <impact/record/test_list.h>
#include <noderig/framework/runner/interruption.h>
#include <functional>
#include <string>
#include <vector>

namespace noderig::impact {

struct RecorderOptions {
  std::filesystem::path project{};  // absolute
  std::filesystem::path build{};    // absolute
  std::filesystem::path database{};
  std::filesystem::path daemon{};  // instrumented, absolute; empty: no scenarios
  bool build_first = true;
  int jobs = 1;
  int scenario_jobs = 1;
  std::function<void(std::string_view)> say{};  // what is being done, a line each
  std::function<void(std::size_t done, std::size_t of, const Test&, const TestRun&)> ended{};
};

struct RecordResult {
  std::string revision{};  // empty: nothing was recorded
  RecordingState state = RecordingState::Interrupted;
  struct Run {
    TestId id{};
    Verdict verdict = Verdict::Passed;
    double seconds = 0;
    std::size_t functions = 0;  // executed
  };
  std::vector<Run> runs{};
  std::vector<std::string> problems{};  // why something is missing, a sentence each
  double seconds = 0;                   // that running the tests took

  std::size_t failed() const;
};

class Recorder {
 public:
  // Throws EnvironmentError when the build directory is not instrumented.
  explicit Recorder(RecorderOptions options);

  // Brings the build up to date. Throws EnvironmentError, with the end of what it printed, when it
  // fails.
  void build();

  // The tests there are, as of now: the build directory's, and the daemon's scenarios.
  const std::vector<Test>& tests();

  // Runs the tests that are named, in that order, and records them for the work tree as it is.
  // `unaffected` are tests of an earlier recording whose results hold as they are. Results are kept
  // as they come; the recording counts when this returns with another state than Interrupted.
  RecordResult record(const std::vector<TestId>& chosen, const Recording* earlier,
                      const std::vector<TestId>& unaffected, Interruption& interruption);

 private:
  RecorderOptions options_;
  std::optional<TestList> list_{};
};

}  // namespace noderig::impact
