#include "history_recorder.h"

#include <fmt/format.h>
#include <noderig/framework/history/damage.h>

namespace noderig {
namespace {

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

// Opens the history and writes what there is of the run by now.
void HistoryRecorder::open() {
  history_ = open_history(home_, say);
  id_ = history_->begin_run(run());
  for (const auto& [index, entry] : executions_) {
    entry.finished ? history_->execution_finished(id_, entry.execution)
                   : history_->execution_started(id_, entry.execution);
  }
}

void HistoryRecorder::write(const std::function<void()>& what) {
  try {
    try {
      if (!history_) open();
      what();
    } catch (const sqlite::DamagedError&) {
      history_.reset();
      set_damaged_history_aside(home_, say);
      open();
      what();
    }
  } catch (const EnvironmentError& error) {
    if (!complained_) say(fmt::format("this run is not all in the history: {}", error.what()));
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
  write([&] { history_->execution_started(id_, record); });
}

void HistoryRecorder::finished(std::size_t index, const Execution& execution) {
  Entry& entry = executions_[index];
  // What is skipped without being started has had no time yet.
  const TimePoint begin = entry.execution.test.empty() ? now() : entry.execution.time;
  entry.execution = recorded(execution, index, begin);
  entry.finished = true;
  write([&] { history_->execution_finished(id_, entry.execution); });
}

std::vector<PastFailure> HistoryRecorder::failures_at(const std::string& revision) {
  std::vector<PastFailure> failures;
  write([&] { failures = history_->failures_at(revision); });
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
  write([&] { history_->end_run(id_, result.wall, result.modified, whole); });
}

}  // namespace noderig
