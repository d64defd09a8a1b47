#include <noderig/framework/history/history.h>
#include <noderig/framework/history/process_identity.h>
#include <noderig/framework/history/writer.h>
#include <chrono>
#include <set>

namespace noderig {
namespace {

TimePoint time_of(std::int64_t milliseconds) {
  return TimePoint(std::chrono::milliseconds(milliseconds));
}

template <class Value>
std::optional<Value> optional_of(const sqlite::Statement& row, int column, Value value) {
  return row.is_null(column) ? std::nullopt : std::optional<Value>(std::move(value));
}

// What stands in the tables as running, read as what it is: an execution whose runner is gone was
// interrupted, one whose runner is there has no verdict yet.
class VerdictReader {
 public:
  explicit VerdictReader(sqlite::Database& database) {
    sqlite::Statement query(
        database,
        "SELECT id, runner_pid, runner_start, runner_boot FROM run WHERE runner_pid IS NOT NULL");
    while (query.step()) {
      const ProcessIdentity runner{static_cast<pid_t>(query.integer(1)),
                                   static_cast<std::uint64_t>(query.integer(2)), query.text(3)};
      if (runs(runner)) in_progress_.insert(query.integer(0));
    }
  }

  std::optional<Verdict> verdict(std::int64_t run, std::int64_t stored) const {
    if (stored != kRunning) return static_cast<Verdict>(stored);
    if (in_progress_.contains(run)) return {};
    return Verdict::Interrupted;
  }

  FailureClass failure(std::int64_t verdict, std::int64_t stored) const {
    return verdict == kRunning ? FailureClass::Interrupted : static_cast<FailureClass>(stored);
  }

 private:
  std::set<std::int64_t> in_progress_;
};

// Runs by id, in a vector: ids are dense.
std::vector<PastRun> load_runs(sqlite::Database& database) {
  std::vector<PastRun> past_runs(
      static_cast<std::size_t>(database.number("SELECT coalesce(max(id), 0) + 1 FROM run")));
  sqlite::Statement query(database, "SELECT id, name, time, revision, modified, host FROM run");
  while (query.step()) {
    past_runs[static_cast<std::size_t>(query.integer(0))] = {
        .name = query.text(1),
        .time = time_of(query.integer(2)),
        .revision = query.text(3),
        .modified = optional_of(query, 4, query.integer(4) != 0),
        .host = query.text(5)};
  }
  return past_runs;
}

std::map<std::int64_t, PastDaemon> load_daemons(sqlite::Database& database) {
  std::map<std::int64_t, PastDaemon> daemons;
  sqlite::Statement query(database, "SELECT id, flavour, version, path FROM daemon");
  while (query.step()) {
    daemons[query.integer(0)] = {query.text(1), query.text(2), query.text(3)};
  }
  return daemons;
}

std::map<std::int64_t, std::vector<Defect>> load_defects(sqlite::Database& database) {
  std::map<std::int64_t, std::vector<Defect>> defects;
  sqlite::Statement query(database, "SELECT execution, id, weight FROM defect");
  while (query.step()) defects[query.integer(0)].push_back({query.text(1), query.real(2)});
  return defects;
}

// Both have the columns that PastReader takes; the sub-test's own verdict and time stand instead of
// its execution's.
constexpr const char* kPastExecutions = R"(
  SELECT id, run, daemon, time, verdict, failure, seconds, partial, flaky FROM execution
  WHERE test = ? ORDER BY time, run, position)";
constexpr const char* kPastSubtests = R"(
  SELECT e.id, e.run, e.daemon, e.time, s.verdict, 0, s.seconds, 0, 0
  FROM subtest AS s JOIN execution AS e ON e.id = s.execution
  WHERE s.test = ? ORDER BY e.time, e.run, e.position)";

}  // namespace

ExpectedSeconds History::expected_seconds() {
  // An index holds the passes of a test on a daemon by time: of each, the last few are looked at.
  // Unless it is named, SQLite takes one that has all executions of the test.
  sqlite::Statement query(database_, R"(
    SELECT t.name, d.flavour, e.seconds
    FROM test AS t, daemon AS d JOIN execution AS e ON e.id IN (
      SELECT p.id FROM execution AS p INDEXED BY execution_whole_pass
      WHERE p.test = t.id AND p.daemon = d.id AND p.verdict = 0 AND p.partial = 0
      ORDER BY p.time DESC LIMIT 10)
    WHERE t.name >= 'scenario:' AND t.name < 'scenario;' AND instr(t.name, '/') = 0)");
  ExpectedSeconds expected;
  while (query.step()) {
    expected.add(scenario_of_test_id(query.text(0)), query.text(1), query.real(2));
  }
  return expected;
}

std::vector<PastFailure> History::failures_at(const std::string& revision) {
  sqlite::Statement query(database_, R"(
    SELECT t.name, d.flavour, d.version, d.path, r.name
    FROM run AS r JOIN execution AS e ON e.run = r.id JOIN test AS t ON t.id = e.test
    JOIN daemon AS d ON d.id = e.daemon
    WHERE r.revision = ? AND r.modified = 0 AND e.verdict = ? AND e.failure <> ? AND e.partial = 0
    ORDER BY e.time, r.id, e.position)");
  query.bind(revision, static_cast<int>(Verdict::Failed), static_cast<int>(FailureClass::RigFault));
  std::vector<PastFailure> failures;
  while (query.step()) {
    const std::string scenario = scenario_of_test_id(query.text(0));
    if (scenario.empty()) continue;
    failures.push_back({.scenario = scenario,
                        .daemon = {query.text(1), query.text(2), query.text(3)},
                        .run = query.text(4)});
  }
  return failures;
}

std::map<std::string, Verdict> History::last_verdicts() {
  sqlite::Transaction transaction(database_, sqlite::Open::Read);
  const VerdictReader reader(database_);
  std::map<std::string, Verdict> last;
  sqlite::Statement executions(database_, R"(
    SELECT t.name, e.run, e.verdict
    FROM test AS t JOIN execution AS e ON e.id = (
      SELECT l.id FROM execution AS l WHERE l.test = t.id AND l.partial = 0
      ORDER BY l.time DESC, l.run DESC, l.position DESC LIMIT 1))");
  while (executions.step()) {
    const auto verdict = reader.verdict(executions.integer(1), executions.integer(2));
    if (verdict) last[executions.text(0)] = *verdict;
  }
  sqlite::Statement subtests(database_, R"(
    SELECT t.name, s.verdict
    FROM test AS t JOIN subtest AS s ON s.test = t.id AND s.execution = (
      SELECT max(l.execution) FROM subtest AS l WHERE l.test = t.id))");
  while (subtests.step()) last[subtests.text(0)] = static_cast<Verdict>(subtests.integer(1));
  return last;
}

PastTests History::past(const std::function<bool(std::string_view id)>& wanted, Subtests subtests) {
  sqlite::Transaction transaction(database_, sqlite::Open::Read);
  const VerdictReader reader(database_);
  PastTests past;
  past.runs = load_runs(database_);
  past.daemons = load_daemons(database_);
  const auto defects = load_defects(database_);

  std::vector<sqlite::Statement> sources;
  sources.emplace_back(database_, kPastExecutions);
  if (subtests == Subtests::With) sources.emplace_back(database_, kPastSubtests);
  sqlite::Statement tests(database_, "SELECT id, name FROM test ORDER BY name");
  while (tests.step()) {
    PastTest test{.id = tests.text(1)};
    if (!wanted(test.id)) continue;
    for (sqlite::Statement& source : sources) {
      source.bind(tests.integer(0));
      while (source.step()) {
        const std::int64_t run = source.integer(1);
        const auto verdict = reader.verdict(run, source.integer(4));
        if (!verdict) continue;
        PastExecution one{.run = &past.runs[static_cast<std::size_t>(run)],
                          .time = time_of(source.integer(3)),
                          .verdict = *verdict,
                          .failure = reader.failure(source.integer(4), source.integer(5)),
                          .seconds = source.real(6),
                          .partial = source.integer(7) != 0,
                          .flaky = source.integer(8) != 0};
        if (!source.is_null(2)) one.daemon = &past.daemons.at(source.integer(2));
        if (!defects.empty()) {
          const auto found = defects.find(source.integer(0));
          if (found != defects.end()) one.defects = found->second;
        }
        test.executions.push_back(std::move(one));
      }
    }
    if (test.executions.empty()) continue;
    mark_flaky(test);
    past.tests.push_back(std::move(test));
  }
  return past;
}

void History::for_each_run(const std::function<void(const RecordedRun&)>& use) {
  sqlite::Transaction transaction(database_, sqlite::Open::Read);
  const VerdictReader reader(database_);
  const auto defects = load_defects(database_);
  sqlite::Statement runs_query(database_, R"(
    SELECT id, name, origin, time, host, system, cores, memory_bytes, command, seed, revision,
           modified, wall
    FROM run ORDER BY time, id)");
  sqlite::Statement daemons_query(database_, R"(
    SELECT u.name, d.flavour, d.version, d.path
    FROM run_daemon AS u JOIN daemon AS d ON d.id = u.daemon WHERE u.run = ?)");
  sqlite::Statement executions_query(database_, R"(
    SELECT e.id, e.position, t.name, coalesce(u.name, ''), e.time, e.partial, e.verdict, e.failure,
           e.flaky, e.seconds, e.rig_cpu, e.daemon_cpu, e.busiest_daemon_cpu, e.peak_rss_bytes,
           e.assertions, e.reason, e.bundle
    FROM execution AS e JOIN test AS t ON t.id = e.test
    LEFT JOIN run_daemon AS u ON u.run = e.run AND u.daemon = e.daemon
    WHERE e.run = ? ORDER BY e.position)");
  sqlite::Statement subtests_query(database_, R"(
    SELECT t.name, s.verdict, s.seconds, s.reason
    FROM subtest AS s JOIN test AS t ON t.id = s.test
    WHERE s.execution = ? ORDER BY s.position)");
  while (runs_query.step()) {
    const std::int64_t id = runs_query.integer(0);
    RecordedRun run{.name = runs_query.text(1),
                    .origin = runs_query.text(2),
                    .time = time_of(runs_query.integer(3)),
                    .machine = {.host = runs_query.text(4),
                                .system = runs_query.text(5),
                                .cores = static_cast<int>(runs_query.integer(6)),
                                .memory_bytes = runs_query.integer(7)},
                    .command = runs_query.text(8)};
    run.seed = optional_of(runs_query, 9, static_cast<std::uint64_t>(runs_query.integer(9)));
    run.revision = runs_query.text(10);
    run.modified = optional_of(runs_query, 11, runs_query.integer(11) != 0);
    run.wall = optional_of(runs_query, 12, runs_query.real(12));
    daemons_query.bind(id);
    while (daemons_query.step()) {
      run.daemons.push_back({.name = daemons_query.text(0),
                             .flavour = daemons_query.text(1),
                             .version = daemons_query.text(2),
                             .path = daemons_query.text(3),
                             .arguments = {}});
    }
    executions_query.bind(id);
    while (executions_query.step()) {
      const auto verdict = reader.verdict(id, executions_query.integer(6));
      if (!verdict) continue;
      RecordedExecution one{
          .position = static_cast<std::size_t>(executions_query.integer(1)),
          .test = executions_query.text(2),
          .daemon = executions_query.text(3),
          .time = time_of(executions_query.integer(4)),
          .partial = executions_query.integer(5) != 0,
          .verdict = *verdict,
          .seconds = executions_query.real(9),
          .rig_cpu = executions_query.real(10),
          .daemon_cpu = executions_query.real(11),
          .busiest_daemon_cpu = executions_query.real(12),
          .peak_rss_bytes = executions_query.integer(13),
          .assertions = executions_query.integer(14),
          .failure = reader.failure(executions_query.integer(6), executions_query.integer(7)),
          .reason = executions_query.text(15),
          .flaky = executions_query.integer(8) != 0,
          .bundle = executions_query.text(16)};
      subtests_query.bind(executions_query.integer(0));
      while (subtests_query.step()) {
        one.subtests.push_back({subtests_query.text(0),
                                static_cast<Verdict>(subtests_query.integer(1)),
                                subtests_query.real(2), subtests_query.text(3)});
      }
      if (const auto found = defects.find(executions_query.integer(0)); found != defects.end()) {
        one.defects = found->second;
      }
      run.executions.push_back(std::move(one));
    }
    use(run);
  }
}

}  // namespace noderig
