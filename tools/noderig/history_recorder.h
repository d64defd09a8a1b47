// Writes a run into the history while it goes on. A history that cannot be written costs no
// verdict: it is said once, on standard error, and the run goes on. While it does, nothing waits
// for another process that writes, an import for one: time limits and the user must be heeded. What
// could not be written then is written with what comes next, at the latest at the end, which waits.
// Belongs to the runner's thread.
#pragma once

#include <noderig/framework/history/history.h>
#include <noderig/framework/runner/runner.h>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace noderig {

class HistoryRecorder : public RunObserver {
 public:
  // Begins the run in the history of `home` with its first execution, whose worker then starts its
  // nodes meanwhile: only then is `describe` asked what run this is, without its executions.
  HistoryRecorder(std::filesystem::path home, std::function<RecordedRun()> describe);

  const RecordedRun& run();

  void started(std::size_t index, const PlannedExecution& execution) override;
  void step(std::size_t, const std::string&) override {}
  void finished(std::size_t index, const Execution& execution) override;
  void interrupted() override {}
  void tick() override {}

  // See History; none where it cannot be read.
  std::vector<PastFailure> failures_at(const std::string& revision);

  // Completes the run. `result` has the executions that were told of as finished, in the order of
  // the plan.
  void end(const RunResult& result);

 private:
  struct Entry {
    RecordedExecution execution;
    bool finished = false;
  };

  void with_history(const std::function<void()>& use);
  void open();
  void write_executions();

  std::filesystem::path home_;
  std::function<RecordedRun()> describe_;
  std::optional<RecordedRun> run_;
  std::map<std::size_t, Entry> executions_;  // by index in the plan
  std::set<std::size_t> unwritten_;          // of them, as they are now
  std::unique_ptr<History> history_;
  History::RunId id_{};
  bool over_ = false;  // nothing runs any more
  bool complained_ = false;
};

}  // namespace noderig
