// What ran when, on what, with which verdict: one SQLite file, history.sqlite, in the home
// directory. Any number of processes read and write it at once; an object belongs to one thread.
//
// Each function below is one transaction: after kill -9 at any moment the file holds what came
// before it, whole. An execution has its row from when it begins; one whose runner is gone reads as
// interrupted, and the next run writes that down.
//
// Throws EnvironmentError with a sentence when the file cannot be opened, read or written, or was
// written by a newer noderig, and sqlite::DamagedError (one of those) when it is damaged.
#pragma once

#include <noderig/framework/history/file_lock.h>
#include <noderig/framework/history/past.h>
#include <noderig/framework/history/records.h>
#include <noderig/framework/history/sqlite.h>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

// How many seconds a scenario is expected to take: the median of the last whole runs that passed.
class ExpectedSeconds {
 public:
  // On a daemon of that flavour, else on any; nothing when it never passed.
  std::optional<double> of(const std::string& scenario, const std::string& flavour = {}) const;

  // The seconds of those runs on that flavour alone; empty when it never passed there.
  std::vector<double> all_of(const std::string& scenario, const std::string& flavour) const;

  void add(const std::string& scenario, const std::string& flavour, double seconds);

 private:
  std::map<std::string, std::map<std::string, std::vector<double>>> seconds_;
};

class History {
 public:
  enum class Access {
    Read,  // changes nothing; where there is no file, there is no past
    Write  // makes the file when it is not there
  };

  // The file in `home`, see home_directory().
  History(const std::filesystem::path& home, Access access);

  static std::filesystem::path file_in(const std::filesystem::path& home);
  // Shared by all who have the file open, so that nobody moves it away under them.
  static std::filesystem::path lock_in(const std::filesystem::path& home);

  // See sqlite::Database; what takes longer throws sqlite::BusyError.
  void wait_at_most(std::chrono::milliseconds patience) { database_.wait_at_most(patience); }

  // ---- Writing a run of this process. Its executions are told apart by their position.

  enum class RunId : std::int64_t {};

  // `run.executions` is not looked at. Also marks what vanished runners left as interrupted.
  RunId begin_run(const RecordedRun& run);
  // Only the test, daemon, time and `partial` are known yet.
  void execution_started(RunId run, const RecordedExecution& execution);
  // Replaces what is there of it, if anything.
  void execution_finished(RunId run, const RecordedExecution& execution);
  // Completes the run, and writes all its executions once more, with what is known only at its end:
  // nothing is missing if an earlier one could not be written.
  void end_run(RunId run, double wall, std::optional<bool> modified,
               const std::vector<RecordedExecution>& executions);

  // ---- Merging runs from elsewhere

  struct Merged {
    std::size_t runs = 0;        // that are new
    std::size_t executions = 0;  // that are new, or complete now
  };

  // Adds those runs and executions that are not there, all of them or, when it throws, none.
  Merged merge(const std::vector<RecordedRun>& runs);

  // ---- Reading

  // For every scenario; takes milliseconds, however long the history.
  ExpectedSeconds expected_seconds();

  // The failures of whole scenarios in runs of that revision without changes, oldest first. What
  // the rig could not do is none.
  std::vector<PastFailure> failures_at(const std::string& revision);

  // The latest verdict of each test, sub-tests included, where it was run as a whole.
  std::map<std::string, Verdict> last_verdicts();

  enum class Subtests { Without, With };
  // All past executions of the tests whose id `wanted` says yes to, by id; oldest first. Flaky
  // failures are marked (see past.h).
  PastTests past(const std::function<bool(std::string_view id)>& wanted,
                 Subtests subtests = Subtests::Without);

  // Each run that has begun, oldest first, whole; for export. Executions that still run are left
  // out.
  void for_each_run(const std::function<void(const RecordedRun&)>& use);

 private:
  FileLock lock_;
  sqlite::Database database_;
};

}  // namespace noderig
