#include <fmt/format.h>
#include <noderig/framework/history/file_lock.h>
#include <noderig/framework/history/schema.h>

namespace noderig {
namespace {

// PRAGMA application_id: tells our files from other SQLite databases.
constexpr std::int64_t kApplication = 0x6e726967;  // "nrig"

// Times are milliseconds since 1970, verdicts and failures the numbers of the enumerations; verdict
// -1 is an execution that has begun and not ended. A run that goes on has its runner's process.
constexpr const char* kTables = R"(
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL,
  time INTEGER NOT NULL,
  host TEXT NOT NULL, cores INTEGER NOT NULL, memory_bytes INTEGER NOT NULL, system TEXT NOT NULL,
  command TEXT NOT NULL,
  seed INTEGER,
  revision TEXT NOT NULL,
  modified INTEGER,
  wall REAL,
  runner_pid INTEGER, runner_start INTEGER, runner_boot TEXT
);
CREATE INDEX run_in_progress ON run (id) WHERE runner_pid IS NOT NULL;

CREATE TABLE daemon (
  id INTEGER PRIMARY KEY,
  flavour TEXT NOT NULL, version TEXT NOT NULL, path TEXT NOT NULL,
  UNIQUE (flavour, version, path)
);
CREATE TABLE run_daemon (
  run INTEGER NOT NULL REFERENCES run,
  name TEXT NOT NULL,
  daemon INTEGER NOT NULL REFERENCES daemon,
  PRIMARY KEY (run, name)
) WITHOUT ROWID;

CREATE TABLE test (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE execution (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run,
  position INTEGER NOT NULL,
  test INTEGER NOT NULL REFERENCES test,
  daemon INTEGER REFERENCES daemon,
  time INTEGER NOT NULL,
  partial INTEGER NOT NULL,
  verdict INTEGER NOT NULL,
  failure INTEGER NOT NULL,
  flaky INTEGER NOT NULL,
  seconds REAL NOT NULL,
  rig_cpu REAL NOT NULL, daemon_cpu REAL NOT NULL, busiest_daemon_cpu REAL NOT NULL,
  peak_rss_bytes INTEGER NOT NULL,
  assertions INTEGER NOT NULL,
  reason TEXT NOT NULL,
  bundle TEXT NOT NULL,
  UNIQUE (run, position)
);
CREATE INDEX execution_past ON execution
  (test, time, run, position, daemon, verdict, failure, partial, flaky, seconds);
CREATE INDEX execution_whole_pass ON execution (test, daemon, time, seconds)
  WHERE verdict = 0 AND partial = 0;

CREATE TABLE subtest (
  execution INTEGER NOT NULL REFERENCES execution,
  position INTEGER NOT NULL,
  test INTEGER NOT NULL REFERENCES test,
  verdict INTEGER NOT NULL,
  seconds REAL NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (execution, position)
) WITHOUT ROWID;
CREATE INDEX subtest_past ON subtest (test, execution);

CREATE TABLE defect (
  execution INTEGER NOT NULL REFERENCES execution,
  id TEXT NOT NULL,
  weight REAL NOT NULL,
  PRIMARY KEY (execution, id)
) WITHOUT ROWID;
)";

// Throws unless the file's tables are ours to read; says whether there are any.
bool has_schema(sqlite::Database& database, const std::filesystem::path& file) {
  // Another process may make the tables between two of these questions.
  const sqlite::Transaction at_one_moment(database, sqlite::Open::Read);
  const std::int64_t application = database.number("PRAGMA application_id");
  const std::int64_t version = database.number("PRAGMA user_version");
  if (application == 0 && version == 0 &&
      database.number("SELECT count(*) FROM sqlite_schema") == 0) {
    return false;
  }
  if (application != kApplication) {
    throw EnvironmentError(
        fmt::format("{} is a database, but not noderig's history", file.string()));
  }
  if (version > kHistorySchema) {
    throw EnvironmentError(
        fmt::format("{} was written by a newer noderig (its tables are version {}, this one knows "
                    "{}): use that one, or another NODERIG_HOME",
                    file.string(), version, kHistorySchema));
  }
  return true;
}

}  // namespace

void prepare_schema(sqlite::Database& database, sqlite::Open open,
                    const std::filesystem::path& file) {
  if (open == sqlite::Open::Read) {
    has_schema(database, file);
    return;
  }
  // Commits then cost no wait for the disk; kill -9 loses nothing, a power cut the last ones.
  database.execute("PRAGMA synchronous = NORMAL");
  if (has_schema(database, file)) return;
  // SQLite lets nobody wait for a change of the journal, so a new file is prepared in turn.
  const FileLock turn = FileLock::alone_in_turn(file.string() + "-new.lock");
  if (has_schema(database, file)) return;  // another process was faster
  database.execute("PRAGMA journal_mode = WAL");
  create_schema(database);
}

void create_schema(sqlite::Database& database) {
  sqlite::Transaction transaction(database);
  database.execute(fmt::format("{} PRAGMA application_id = {}; PRAGMA user_version = {};", kTables,
                               kApplication, kHistorySchema));
  transaction.commit();
}

}  // namespace noderig
