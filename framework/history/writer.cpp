#include <noderig/framework/history/writer.h>

namespace noderig {
namespace {

std::int64_t milliseconds(TimePoint time) {
  return time.time_since_epoch().count();
}

}  // namespace

HistoryWriter::HistoryWriter(sqlite::Database& database)
    : database_(database),
      find_test_(database, "SELECT id FROM test WHERE name = ?"),
      insert_test_(database, "INSERT INTO test (name) VALUES (?)"),
      find_daemon_(database, "SELECT daemon FROM run_daemon WHERE run = ? AND name = ?"),
      put_execution_(database, R"(
        INSERT INTO execution (run, position, test, daemon, time, partial, verdict, failure, flaky,
                               seconds, rig_cpu, daemon_cpu, busiest_daemon_cpu, peak_rss_bytes,
                               assertions, reason, bundle)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (run, position) DO UPDATE SET
          test = excluded.test, daemon = excluded.daemon, time = excluded.time,
          partial = excluded.partial, verdict = excluded.verdict, failure = excluded.failure,
          flaky = excluded.flaky, seconds = excluded.seconds, rig_cpu = excluded.rig_cpu,
          daemon_cpu = excluded.daemon_cpu, busiest_daemon_cpu = excluded.busiest_daemon_cpu,
          peak_rss_bytes = excluded.peak_rss_bytes, assertions = excluded.assertions,
          reason = excluded.reason, bundle = excluded.bundle
        RETURNING id)"),
      clear_subtests_(database, "DELETE FROM subtest WHERE execution = ?"),
      clear_defects_(database, "DELETE FROM defect WHERE execution = ?"),
      insert_subtest_(database, "INSERT INTO subtest VALUES (?, ?, ?, ?, ?, ?)"),
      insert_defect_(database, "INSERT OR REPLACE INTO defect VALUES (?, ?, ?)") {}

std::int64_t HistoryWriter::insert_run(const RecordedRun& run, const ProcessIdentity* runner) {
  sqlite::Statement insert(database_, R"(
    INSERT INTO run (name, origin, time, host, cores, memory_bytes, system, command, seed, revision,
                     modified, wall, runner_pid, runner_start, runner_boot)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))");
  std::optional<std::int64_t> pid;
  std::optional<std::uint64_t> start;
  std::optional<std::string> boot;
  if (runner != nullptr) {
    pid = runner->pid;
    start = runner->start;
    boot = runner->boot;
  }
  insert.run(run.name, run.origin, milliseconds(run.time), run.machine.host, run.machine.cores,
             run.machine.memory_bytes, run.machine.system, run.command, run.seed, run.revision,
             run.modified, run.wall, pid, start, boot);
  const std::int64_t id = database_.last_inserted_id();
  sqlite::Statement add_daemon(
      database_, "INSERT OR IGNORE INTO daemon (flavour, version, path) VALUES (?, ?, ?)");
  sqlite::Statement name_daemon(database_, R"(
    INSERT OR IGNORE INTO run_daemon
    SELECT ?, ?, id FROM daemon WHERE flavour = ? AND version = ? AND path = ?)");
  for (const DaemonUsed& daemon : run.daemons) {
    add_daemon.run(daemon.flavour, daemon.version, daemon.path);
    name_daemon.run(id, daemon.name, daemon.flavour, daemon.version, daemon.path);
  }
  return id;
}

std::int64_t HistoryWriter::test_id(const std::string& name) {
  const auto [known, is_new] = tests_.try_emplace(name, 0);
  if (!is_new) return known->second;
  if (find_test_.bind(name).step()) return known->second = find_test_.integer(0);
  insert_test_.run(name);
  return known->second = database_.last_inserted_id();
}

std::optional<std::int64_t> HistoryWriter::daemon_id(std::int64_t run, const std::string& name) {
  if (name.empty()) return {};
  if (daemons_of_ != run) daemons_.clear();
  daemons_of_ = run;
  const auto [known, is_new] = daemons_.try_emplace(name);
  if (is_new && find_daemon_.bind(run, name).step()) known->second = find_daemon_.integer(0);
  return known->second;
}

std::int64_t HistoryWriter::put(std::int64_t run, const RecordedExecution& execution, int verdict) {
  put_execution_.bind(run, execution.position, test_id(execution.test),
                      daemon_id(run, execution.daemon), milliseconds(execution.time),
                      execution.partial, verdict, static_cast<int>(execution.failure),
                      execution.flaky, execution.seconds, execution.rig_cpu, execution.daemon_cpu,
                      execution.busiest_daemon_cpu, execution.peak_rss_bytes, execution.assertions,
                      execution.reason, execution.bundle);
  put_execution_.step();
  const std::int64_t id = put_execution_.integer(0);
  put_execution_.step();  // to its end: only then is the row written
  return id;
}

void HistoryWriter::start_execution(std::int64_t run, const RecordedExecution& execution) {
  put(run, execution, kRunning);
}

void HistoryWriter::put_execution(std::int64_t run, const RecordedExecution& execution) {
  const std::int64_t id = put(run, execution, static_cast<int>(execution.verdict));
  clear_subtests_.run(id);
  clear_defects_.run(id);
  std::size_t position = 0;
  for (const RecordedSubtest& subtest : execution.subtests) {
    insert_subtest_.run(id, position++, test_id(subtest.test), static_cast<int>(subtest.verdict),
                        subtest.seconds, subtest.reason);
  }
  for (const Defect& defect : execution.defects) insert_defect_.run(id, defect.id, defect.weight);
}

}  // namespace noderig
