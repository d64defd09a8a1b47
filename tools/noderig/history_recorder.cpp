#include "history_recorder.h"

#include <fmt/format.h>
#include <noderig/framework/history/damage.h>

namespace noderig {
namespace {

// A commit of another process takes some milliseconds.
constexpr std::chrono::milliseconds kPatienceInRun{50};

void say(const std::string& sentence) {
  fmt::print(stderr, "noderig: {}\n", sentence);
}

}  // namespace

HistoryRecorder::HistoryRecorder(std::filesystem::path home, std::function<RecordedRun()> describe)
    : home_(std::move(home)), describe_(std::move(describe)) {}

const RecordedRun& HistoryRecorder::run() {
  if (!run_) run_ = describe_();
  return *run_;
}

void HistoryRecorder::open() {
  auto history = open_history(home_, say);
  if (!over_) history->wait_at_most(kPatienceInRun);
  id_ = history->begin_run(run());
  history_ = std::move(history);
  for (const auto& [index, entry] : executions_) unwritten_.insert(index);
}

void HistoryRecorder::write_executions() {
  while (!unwritten_.empty()) {
    const Entry& entry = executions_.at(*unwritten_.begin());
    entry.finished ? history_->execution_finished(id_, entry.execution)
                   : history_->execution_started(id_, entry.execution);
    unwritten_.erase(unwritten_.begin());
  }
}

void HistoryRecorder::with_history(const std::function<void()>& use) {
  try {
    try {
      if (!history_) open();
      use();
    } catch (const sqlite::DamagedError&) {
      history_.reset();
      set_damaged_history_aside(home_, say);
      open();
      use();
    }
  } catch (const EnvironmentError& error) {
    const bool later = !over_ && dynamic_cast<const sqlite::BusyError*>(&error) != nullptr;
    if (later || complained_) return;
    say(fmt::format("this run is not all in the history: {}", error.what()));
    complained_ = true;
  }
}

void HistoryRecorder::started(std::size_t index, const PlannedExecution& execution) {
  RecordedExecution& record = executions_[index].execution;
  record.position = index;
  record.test = scenario_test_id(execution.scenario.name());
  record.daemon = execution.daemon_name;
  record.time = now();
  record.partial = !execution.subtests.empty();
  unwritten_.insert(index);
  with_history([&] { write_executions(); });
}

void HistoryRecorder::finished(std::size_t index, const Execution& execution) {
  Entry& entry = executions_[index];
  // What is skipped without being started has had no time yet.
  const TimePoint begin = entry.execution.test.empty() ? now() : entry.execution.time;
  entry.execution = recorded(execution, index, begin);
  entry.finished = true;
  unwritten_.insert(index);
  with_history([&] { write_executions(); });
}

std::vector<PastFailure> HistoryRecorder::failures_at(const std::string& revision) {
  std::vector<PastFailure> failures;
  with_history([&] { failures = history_->failures_at(revision); });
  return failures;
}

void HistoryRecorder::end(const RunResult& result) {
  std::vector<RecordedExecution> whole;
  auto execution = result.executions.begin();
  for (auto& [index, entry] : executions_) {
    if (!entry.finished || execution == result.executions.end()) continue;
    entry.execution = recorded(*execution++, index, entry.execution.time);
    whole.push_back(entry.execution);
  }
  over_ = true;
  if (history_) history_->wait_at_most(sqlite::kPatience);
  with_history([&] { history_->end_run(id_, result.wall, result.modified, whole); });
  history_.reset();
}

}  // namespace noderig
