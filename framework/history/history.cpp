#include <noderig/framework/history/history.h>
#include <noderig/framework/history/process_identity.h>
#include <noderig/framework/history/schema.h>
#include <noderig/framework/history/statistics.h>
#include <noderig/framework/history/writer.h>

namespace noderig {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRunnerGone = "its runner was gone before it ended";

sqlite::Open as_open(History::Access access) {
  return access == History::Access::Read ? sqlite::Open::Read : sqlite::Open::Write;
}

FileLock share(const fs::path& home, History::Access access) {
  if (access == History::Access::Write) {
    std::error_code error;  // opening the file then says what is wrong
    fs::create_directories(home, error);
  }
  return FileLock::shared(History::lock_in(home));
}

// Opens the file with its tables there; an empty history where one reads and there is none.
sqlite::Database open_tables(const fs::path& home, History::Access access) {
  const fs::path file = History::file_in(home);
  std::error_code none;
  const bool has_tables = fs::file_size(file, none) > 0 && !none;
  if (access == History::Access::Read && !has_tables) {
    sqlite::Database empty({}, sqlite::Open::Write);
    create_schema(empty);
    return empty;
  }
  sqlite::Database database(file, as_open(access));
  prepare_schema(database, as_open(access), file);
  return database;
}

void mark_abandoned(sqlite::Database& database) {
  std::vector<std::int64_t> gone;
  sqlite::Statement unfinished(
      database,
      "SELECT id, runner_pid, runner_start, runner_boot FROM run WHERE runner_pid IS NOT NULL");
  while (unfinished.step()) {
    const ProcessIdentity runner{static_cast<pid_t>(unfinished.integer(1)),
                                 static_cast<std::uint64_t>(unfinished.integer(2)),
                                 unfinished.text(3)};
    if (!runs(runner)) gone.push_back(unfinished.integer(0));
  }
  sqlite::Statement mark_executions(
      database,
      "UPDATE execution SET verdict = ?, failure = ?, reason = ? WHERE run = ? AND verdict = ?");
  sqlite::Statement mark_run(database, "UPDATE run SET runner_pid = NULL WHERE id = ?");
  for (const std::int64_t run : gone) {
    mark_executions.run(static_cast<int>(Verdict::Interrupted),
                        static_cast<int>(FailureClass::Interrupted), kRunnerGone, run, kRunning);
    mark_run.run(run);
  }
}

}  // namespace

std::optional<double> ExpectedSeconds::of(const std::string& scenario,
                                          const std::string& flavour) const {
  const auto known = seconds_.find(scenario);
  if (known == seconds_.end()) return {};
  if (const auto same = known->second.find(flavour); same != known->second.end()) {
    return median(same->second);
  }
  std::vector<double> all;
  for (const auto& [other, seconds] : known->second) {
    all.insert(all.end(), seconds.begin(), seconds.end());
  }
  return median(std::move(all));
}

std::vector<double> ExpectedSeconds::all_of(const std::string& scenario,
                                            const std::string& flavour) const {
  const auto known = seconds_.find(scenario);
  if (known == seconds_.end()) return {};
  const auto same = known->second.find(flavour);
  return same == known->second.end() ? std::vector<double>() : same->second;
}

void ExpectedSeconds::add(const std::string& scenario, const std::string& flavour, double seconds) {
  seconds_[scenario][flavour].push_back(seconds);
}

fs::path History::file_in(const fs::path& home) {
  return home / "history.sqlite";
}

fs::path History::lock_in(const fs::path& home) {
  return home / "history.lock";
}

History::History(const fs::path& home, Access access)
    : lock_(share(home, access)), database_(open_tables(home, access)) {}

History::RunId History::begin_run(const RecordedRun& run) {
  sqlite::Transaction transaction(database_);
  mark_abandoned(database_);
  const ProcessIdentity runner = this_process();
  const std::int64_t id = HistoryWriter(database_).insert_run(run, &runner);
  transaction.commit();
  return RunId{id};
}

void History::execution_started(RunId run, const RecordedExecution& execution) {
  sqlite::Transaction transaction(database_);
  HistoryWriter(database_).start_execution(static_cast<std::int64_t>(run), execution);
  transaction.commit();
}

void History::execution_finished(RunId run, const RecordedExecution& execution) {
  sqlite::Transaction transaction(database_);
  HistoryWriter(database_).put_execution(static_cast<std::int64_t>(run), execution);
  transaction.commit();
}

void History::end_run(RunId run, double wall, std::optional<bool> modified,
                      const std::vector<RecordedExecution>& executions) {
  const auto id = static_cast<std::int64_t>(run);
  sqlite::Transaction transaction(database_);
  HistoryWriter writer(database_);
  for (const RecordedExecution& execution : executions) writer.put_execution(id, execution);
  sqlite::Statement(database_,
                    "UPDATE run SET wall = ?, modified = ?, runner_pid = NULL WHERE id = ?")
      .run(wall, modified, id);
  transaction.commit();
}

History::Merged History::merge(const std::vector<RecordedRun>& merged_runs) {
  sqlite::Transaction transaction(database_);
  HistoryWriter writer(database_);
  sqlite::Statement find_run(database_, "SELECT id FROM run WHERE name = ?");
  sqlite::Statement complete_run(
      database_, "UPDATE run SET wall = ?, modified = ? WHERE id = ? AND wall IS NULL");
  sqlite::Statement find_execution(database_,
                                   "SELECT verdict FROM execution WHERE run = ? AND position = ?");
  Merged merged;
  for (const RecordedRun& run : merged_runs) {
    const bool known = find_run.bind(run.name).step();
    const std::int64_t id = known ? find_run.integer(0) : writer.insert_run(run, nullptr);
    if (!known) ++merged.runs;
    if (known && run.wall) complete_run.run(run.wall, run.modified, id);
    for (const RecordedExecution& execution : run.executions) {
      if (known && find_execution.bind(id, execution.position).step()) {
        const std::int64_t verdict = find_execution.integer(0);
        const bool complete =
            verdict != kRunning && verdict != static_cast<int>(Verdict::Interrupted);
        if (complete || execution.verdict == Verdict::Interrupted) continue;
      }
      writer.put_execution(id, execution);
      ++merged.executions;
    }
  }
  transaction.commit();
  return merged;
}

}  // namespace noderig
