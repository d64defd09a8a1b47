// Writes records into the tables, within a transaction of the caller's. Internal to
// framework/history; lives no longer than that transaction, for it remembers what it has looked up.
#pragma once

#include <noderig/framework/history/process_identity.h>
#include <noderig/framework/history/records.h>
#include <noderig/framework/history/sqlite.h>
#include <string>
#include <unordered_map>

namespace noderig {

// execution.verdict of what has begun and not ended.
inline constexpr int kRunning = -1;

class HistoryWriter {
 public:
  explicit HistoryWriter(sqlite::Database& database);

  // The run with its daemons, without its executions. `runner` is the process it goes on in; null
  // for one that is over. Returns its id.
  std::int64_t insert_run(const RecordedRun& run, const ProcessIdentity* runner);

  // Inserts the execution, or replaces the one at its position.
  void put_execution(std::int64_t run, const RecordedExecution& execution);

  // Inserts one that has begun.
  void start_execution(std::int64_t run, const RecordedExecution& execution);

 private:
  std::int64_t test_id(const std::string& name);
  std::optional<std::int64_t> daemon_id(std::int64_t run, const std::string& name);
  std::int64_t put(std::int64_t run, const RecordedExecution& execution, int verdict);

  sqlite::Database& database_;
  sqlite::Statement find_test_;
  sqlite::Statement insert_test_;
  sqlite::Statement find_daemon_;
  sqlite::Statement put_execution_;
  sqlite::Statement clear_subtests_;
  sqlite::Statement clear_defects_;
  sqlite::Statement insert_subtest_;
  sqlite::Statement insert_defect_;
  std::unordered_map<std::string, std::int64_t> tests_;
  std::unordered_map<std::string, std::optional<std::int64_t>> daemons_;  // of daemons_of_
  std::int64_t daemons_of_ = 0;
};

}  // namespace noderig
