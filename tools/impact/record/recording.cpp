#include <impact/record/recording.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace noderig::impact {
namespace {

using Json = nlohmann::json;
using sqlite::Statement;

constexpr std::int64_t kApplication = 0x6e726961;  // "nria"
constexpr std::int64_t kRecordingSchema = 2;
constexpr auto kInterrupted = static_cast<std::int64_t>(RecordingState::Interrupted);
// How many finished recordings are kept, the newest.
constexpr int kKept = 10;

// Verdicts and states are the numbers of the enumerations, times milliseconds since 1970. The runs
// of `executed` are of symbol.id; `linked` are files, a line each.
constexpr const char* kTables = R"(
CREATE TABLE recording (
  id INTEGER PRIMARY KEY,
  tree TEXT NOT NULL, revision TEXT NOT NULL, head TEXT NOT NULL, edited INTEGER NOT NULL,
  build TEXT NOT NULL, daemon TEXT NOT NULL,
  identity TEXT NOT NULL,
  state INTEGER NOT NULL
);
CREATE TABLE symbol (id INTEGER PRIMARY KEY, hash INTEGER NOT NULL UNIQUE);
CREATE TABLE executed (id INTEGER PRIMARY KEY, runs BLOB NOT NULL);
CREATE TABLE result (
  recording INTEGER NOT NULL REFERENCES recording,
  test TEXT NOT NULL,
  executed INTEGER NOT NULL REFERENCES executed,
  verdict INTEGER NOT NULL,
  seconds REAL NOT NULL,
  version TEXT NOT NULL,
  time INTEGER NOT NULL,
  linked INTEGER REFERENCES linked,
  PRIMARY KEY (recording, test)
) WITHOUT ROWID;
CREATE TABLE linked (id INTEGER PRIMARY KEY, files TEXT NOT NULL UNIQUE);
)";
constexpr const char* kFromSchema1 = R"(
CREATE TABLE linked (id INTEGER PRIMARY KEY, files TEXT NOT NULL UNIQUE);
ALTER TABLE result ADD COLUMN linked INTEGER REFERENCES linked;
PRAGMA user_version = 2;
)";

std::string text_of(const BuildIdentity& identity) {
  return Json{{"toolchain", identity.toolchain},
              {"commands", identity.commands},
              {"generated", identity.generated}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

BuildIdentity identity_in(const std::string& text) {
  const Json json = Json::parse(text);
  return {.toolchain = json.at("toolchain").get<std::string>(),
          .commands = json.at("commands").get<std::map<std::string, std::string>>(),
          .generated = json.at("generated").get<std::map<std::string, std::string>>()};
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  std::istringstream input(text);
  for (std::string line; std::getline(input, line);) lines.insert(line);
  return lines;
}

std::int64_t now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())
      .time_since_epoch()
      .count();
}

std::filesystem::path present(const std::filesystem::path& file, sqlite::Open open) {
  if (open == sqlite::Open::Read && !std::filesystem::exists(file)) {
    throw EnvironmentError(
        fmt::format("nothing is recorded in {}: run `noderig impact record`", file.string()));
  }
  if (open == sqlite::Open::Write && file.has_parent_path()) {
    std::filesystem::create_directories(file.parent_path());
  }
  return file;
}

}  // namespace

const RecordedTest* Recording::find(const TestId& test) const {
  const auto found = std::ranges::lower_bound(tests, test, {}, &RecordedTest::id);
  return found != tests.end() && found->id == test ? &*found : nullptr;
}

bool Recording::executed(const RecordedTest& test, SymbolId symbol) const {
  const auto number = numbers.find(symbol);
  return number != numbers.end() && test.executed.contains(number->second);
}

RecordingStore::RecordingStore(const std::filesystem::path& file, sqlite::Open open)
    : file_(file), database_(present(file, open), open) {
  const auto application = database_.number("PRAGMA application_id");
  if (application == 0 && open == sqlite::Open::Write &&
      database_.number("SELECT count(*) FROM sqlite_schema") == 0) {
    database_.execute("PRAGMA journal_mode = WAL");
    sqlite::Transaction transaction(database_);
    database_.execute(fmt::format("{} PRAGMA application_id = {}; PRAGMA user_version = {};",
                                  kTables, kApplication, kRecordingSchema));
    transaction.commit();
  } else if (application != kApplication) {
    throw EnvironmentError(fmt::format("{} is no recording of noderig impact", file.string()));
  } else if (database_.number("PRAGMA user_version") > kRecordingSchema) {
    throw EnvironmentError(fmt::format("{} was written by a newer noderig", file.string()));
  } else if (database_.number("PRAGMA user_version") < kRecordingSchema) {
    bring_up_to_date();
  }
  if (open == sqlite::Open::Write) database_.execute("PRAGMA synchronous = NORMAL");
}

void RecordingStore::bring_up_to_date() {
  sqlite::Database writable(file_, sqlite::Open::Write);
  sqlite::Transaction transaction(writable);
  if (writable.number("PRAGMA user_version") < kRecordingSchema) writable.execute(kFromSchema1);
  transaction.commit();
}

std::optional<Recording> RecordingStore::newest(const std::string& tree) {
  Recording recording;
  {
    Statement find(database_,
                   "SELECT id, tree, revision, head, edited, build, daemon, identity, "
                   "state FROM recording "
                   "WHERE ?1 = '' OR tree = ?1 ORDER BY state DESC, id DESC LIMIT 1");
    find.bind(tree);
    if (!find.step()) return {};
    recording.id = find.integer(0);
    recording.snapshot = {.commit = find.text(2),
                          .tree = find.text(1),
                          .head = find.text(3),
                          .edited = find.integer(4) != 0};
    recording.built = {
        .directory = find.text(5), .daemon = find.text(6), .identity = identity_in(find.text(7))};
    recording.state = static_cast<RecordingState>(find.integer(8));
  }
  std::map<std::int64_t, std::shared_ptr<const std::set<std::string>>> linked;
  Statement links(database_, "SELECT id, files FROM linked");
  while (links.step()) {
    linked[links.integer(0)] =
        std::make_shared<const std::set<std::string>>(lines_of(links.text(1)));
  }
  Statement results(database_,
                    "SELECT test, verdict, seconds, version, runs, linked FROM result "
                    "JOIN executed ON executed.id = executed WHERE recording = ?");
  results.bind(recording.id);
  while (results.step()) {
    recording.tests.push_back({.id = TestId::parse(results.text(0)),
                               .verdict = static_cast<Verdict>(results.integer(1)),
                               .seconds = results.real(2),
                               .version = results.text(3),
                               .executed = ExecutedRuns::decode(results.text(4)),
                               .units = linked[results.integer(5)]});  // of none: 0
  }
  std::ranges::sort(recording.tests, {}, &RecordedTest::id);
  load_numbers();
  recording.numbers = numbers_;
  return recording;
}

Built RecordingStore::last_built() {
  Statement find(database_, "SELECT build, daemon FROM recording ORDER BY id DESC LIMIT 1");
  if (!find.step()) return {};
  return {.directory = find.text(0), .daemon = find.text(1)};
}

std::vector<TestId> RecordingStore::last_failed() {
  // Beside max(), SQLite gives the other columns of the row that has it.
  Statement find(database_, "SELECT test, verdict, max(time) FROM result GROUP BY test");
  std::vector<TestId> failed;
  while (find.step()) {
    if (static_cast<Verdict>(find.integer(1)) == Verdict::Failed) {
      failed.push_back(TestId::parse(find.text(0)));
    }
  }
  return failed;
}

std::int64_t RecordingStore::begin(const Snapshot& snapshot, const Built& built) {
  sqlite::Transaction transaction(database_);
  const std::string text = text_of(built.identity);
  Statement same(database_,
                 "SELECT id FROM recording WHERE tree = ? AND build = ? AND daemon = ? AND "
                 "identity = ? AND state <> ? ORDER BY id DESC LIMIT 1");
  same.bind(snapshot.tree, built.directory, built.daemon, text, kInterrupted);
  if (same.step()) return same.integer(0);
  Statement insert(database_,
                   "INSERT INTO recording (tree, revision, head, edited, build, daemon, identity, "
                   "state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  insert.run(snapshot.tree, snapshot.commit, snapshot.head, snapshot.edited, built.directory,
             built.daemon, text, kInterrupted);
  const std::int64_t id = database_.last_inserted_id();
  transaction.commit();
  return id;
}

void RecordingStore::load_numbers() {
  if (numbers_loaded_) return;
  Statement all(database_, "SELECT id, hash FROM symbol");
  while (all.step()) {
    numbers_[static_cast<SymbolId>(all.integer(1))] = static_cast<std::uint32_t>(all.integer(0));
  }
  numbers_loaded_ = true;
}

std::int64_t RecordingStore::executed_id(const CoveredSet& executed) {
  load_numbers();
  Statement insert(database_, "INSERT INTO symbol (hash) VALUES (?)");
  std::vector<std::uint32_t> numbers;
  numbers.reserve(executed.size());
  for (const SymbolId symbol : executed) {
    auto known = numbers_.find(symbol);
    if (known == numbers_.end()) {
      insert.run(symbol);
      known =
          numbers_.emplace(symbol, static_cast<std::uint32_t>(database_.last_inserted_id())).first;
    }
    numbers.push_back(known->second);
  }
  std::ranges::sort(numbers);
  const std::string bytes = ExecutedRuns(numbers).encode();
  const auto known = executed_ids_.find(bytes);
  if (known != executed_ids_.end()) return known->second;
  Statement add(database_, "INSERT INTO executed (runs) VALUES (?)");
  add.run(std::as_bytes(std::span(bytes)));
  return executed_ids_[bytes] = database_.last_inserted_id();
}

std::int64_t RecordingStore::linked_id(const std::set<std::string>& units) {
  const std::string text = fmt::format("{}", fmt::join(units, "\n"));
  Statement(database_, "INSERT OR IGNORE INTO linked (files) VALUES (?)").run(text);
  Statement find(database_, "SELECT id FROM linked WHERE files = ?");
  find.bind(text).step();
  return find.integer(0);
}

void RecordingStore::add(std::int64_t recording, const Test& test, const TestRun& run,
                         const std::optional<std::set<std::string>>& units) {
  if (!unsaved_) unsaved_.emplace(database_);
  Statement insert(database_,
                   "INSERT OR REPLACE INTO result (recording, test, executed, verdict, seconds, "
                   "version, time, linked) VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, 0))");
  insert.run(recording, test.id.text(), executed_id(run.executed),
             static_cast<std::int64_t>(run.verdict), run.seconds, test.version, now(),
             units ? linked_id(*units) : std::int64_t{0});
}

void RecordingStore::save() {
  if (unsaved_) unsaved_->commit();
  unsaved_.reset();
}

void RecordingStore::carry_over(std::int64_t from, std::int64_t to,
                                const std::vector<TestId>& tests) {
  if (from == to) return;
  sqlite::Transaction transaction(database_);
  Statement copy(
      database_,
      "INSERT OR IGNORE INTO result SELECT ?, test, executed, verdict, seconds, version, time, "
      "linked FROM result WHERE recording = ? AND test = ?");
  for (const TestId& test : tests) copy.run(to, from, test.text());
  transaction.commit();
}

RecordingState RecordingStore::finish(std::int64_t recording, const std::vector<TestId>& known) {
  save();
  sqlite::Transaction transaction(database_);
  std::set<std::string> missing;
  for (const TestId& test : known) missing.insert(test.text());
  const std::set<std::string> names = missing;
  std::vector<std::string> gone;
  {
    Statement results(database_, "SELECT test FROM result WHERE recording = ?");
    results.bind(recording);
    while (results.step()) {
      const std::string test = results.text(0);
      missing.erase(test);
      if (!names.contains(test)) gone.push_back(test);
    }
  }
  Statement remove(database_, "DELETE FROM result WHERE recording = ? AND test = ?");
  for (const std::string& test : gone) remove.run(recording, test);
  const auto state = missing.empty() ? RecordingState::Complete : RecordingState::Partial;
  Statement(database_, "UPDATE recording SET state = ? WHERE id = ?")
      .run(static_cast<std::int64_t>(state), recording);
  if (state == RecordingState::Complete) remove_old(recording);
  transaction.commit();
  return state;
}

void RecordingStore::remove_old(std::int64_t newest) {
  // What was interrupted before has been made again by this one.
  Statement(database_,
            "DELETE FROM recording WHERE id <> ?1 AND ((state = ?2 AND id < ?1) OR id NOT IN "
            "(SELECT id FROM recording ORDER BY id DESC LIMIT ?3))")
      .run(newest, kInterrupted, kKept);
  database_.execute(
      "DELETE FROM result WHERE recording NOT IN (SELECT id FROM recording);"
      "DELETE FROM executed WHERE id NOT IN (SELECT executed FROM result);"
      "DELETE FROM linked WHERE id NOT IN (SELECT linked FROM result WHERE linked IS NOT NULL)");
  executed_ids_.clear();
}

}  // namespace noderig::impact
