#include "fact_cache.h"

#include "fact_codec.h"

#include <fmt/format.h>
#include <impact/model/stable_hash.h>
#include <sys/stat.h>
#include <system_error>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

// Also the version of the facts' meaning: raise it when the analysis finds other ones.
constexpr int kFactSchema = 3;
// How many versions of a unit are kept: the oldest gives way.
constexpr int kVersions = 8;

enum FactKind { kSymbol, kFunction, kType };

}  // namespace

std::uint64_t FileContents::of(const std::string& path) {
  const auto [found, first] = known_.try_emplace(path, 0);
  if (!first) return found->second;
  const std::string project = tree_.project().string() + "/";
  fs::path place = path;
  if (path.starts_with(project)) {
    const std::string relative = path.substr(project.size());
    if (const auto file = tree_.files().find(relative); file != tree_.files().end()) {
      return found->second = stable_hash(file->second);
    }
    const auto located = tree_.locate(relative);
    if (!located) return 0;
    place = *located;
  }
  struct stat status {};
  if (::stat(place.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  found->second = stable_hash(
      fmt::format("{} {} {}", status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec));
  return found->second;
}

FactCache::FactCache(const fs::path& file, const std::string& toolchain) {
  try {
    open(file, toolchain);
    load();
  } catch (const sqlite::DamagedError&) {
    database_.reset();
    std::error_code ignored;  // what cannot be removed shows when it is opened again
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(file.string() + suffix, ignored);
    open(file, toolchain);
    load();
  }
}

FactCache::~FactCache() = default;

void FactCache::open(const fs::path& file, const std::string& toolchain) {
  database_ = std::make_unique<sqlite::Database>(file, sqlite::Open::Write);
  database_->execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
      "CREATE TABLE IF NOT EXISTS made_by(text TEXT)");
  const std::string made_by = fmt::format("{} {}", kFactSchema, toolchain);
  sqlite::Transaction transaction(*database_);
  std::string before;
  if (sqlite::Statement read(*database_, "SELECT text FROM made_by"); read.step()) {
    before = read.text(0);
  }
  if (before != made_by) {
    database_->execute(
        "DROP TABLE IF EXISTS unit; DROP TABLE IF EXISTS fact; DROP TABLE IF EXISTS path;"
        "DELETE FROM made_by;"
        "CREATE TABLE path(number INTEGER PRIMARY KEY, text TEXT UNIQUE);"
        "CREATE TABLE fact(number INTEGER PRIMARY KEY, kind INTEGER, hash INTEGER, bytes TEXT,"
        "  UNIQUE(kind, hash));"
        "CREATE TABLE unit(number INTEGER PRIMARY KEY, command INTEGER, files TEXT, bytes TEXT);"
        "CREATE INDEX unit_by_command ON unit(command)");
    sqlite::Statement(*database_, "INSERT INTO made_by VALUES(?)").run(made_by);
  }
  transaction.commit();
}

void FactCache::load() {
  sqlite::Statement paths(*database_, "SELECT number, text FROM path");
  while (paths.step()) {
    const auto number = static_cast<std::uint64_t>(paths.integer(0));
    path_numbers_.emplace(paths.text(1), number);
    paths_.emplace(number, paths.text(1));
  }
  sqlite::Statement facts(*database_, "SELECT number, kind, hash, bytes FROM fact");
  const auto add = [&](auto& pool, auto fact) {
    const auto number = static_cast<std::uint64_t>(facts.integer(0));
    pool.number_of.emplace(static_cast<std::uint64_t>(facts.integer(2)), number);
    pool.by_number.emplace(number, std::make_shared<const decltype(fact)>(std::move(fact)));
  };
  while (facts.step()) {
    const std::string bytes = facts.text(3);
    switch (facts.integer(1)) {
      case kSymbol:
        add(symbols_, decode<SymbolFact>(bytes));
        break;
      case kFunction:
        add(functions_, decode<FunctionFact>(bytes));
        break;
      default:
        add(types_, decode<TypeFact>(bytes));
        break;
    }
  }
}

template <class Fact>
std::vector<std::shared_ptr<const Fact>> FactCache::shared(
    const Pool<Fact>& pool, const std::vector<std::uint64_t>& numbers) const {
  std::vector<std::shared_ptr<const Fact>> facts;
  facts.reserve(numbers.size());
  for (const std::uint64_t number : numbers) facts.push_back(pool.by_number.at(number));
  return facts;
}

std::optional<UnitFacts> FactCache::find(std::uint64_t command, FileContents& contents) {
  sqlite::Statement candidates(
      *database_, "SELECT files, bytes FROM unit WHERE command = ? ORDER BY number DESC");
  candidates.bind(command);
  while (candidates.step()) {
    const auto matches = [&](const StoredFile& file) {
      const auto path = paths_.find(file.path);
      return path != paths_.end() && contents.of(path->second) == file.content;
    };
    const auto files = decode<std::vector<StoredFile>>(candidates.text(0));
    if (!std::ranges::all_of(files, matches)) continue;
    const auto stored = decode<StoredUnit>(candidates.text(1));
    // What another process has stored since this one began is not in memory.
    const auto known = [](const auto& pool, const std::vector<std::uint64_t>& numbers) {
      return std::ranges::all_of(numbers, [&](auto n) { return pool.by_number.contains(n); });
    };
    if (!known(symbols_, stored.symbols) || !known(functions_, stored.functions) ||
        !known(types_, stored.types)) {
      continue;
    }
    return UnitFacts{stored.file,
                     stored.files,
                     shared(symbols_, stored.symbols),
                     shared(functions_, stored.functions),
                     shared(types_, stored.types),
                     stored.initialisers};
  }
  return std::nullopt;
}

std::uint64_t FactCache::path_number(const std::string& path) {
  if (const auto known = path_numbers_.find(path); known != path_numbers_.end()) {
    return known->second;
  }
  sqlite::Statement(*database_, "INSERT OR IGNORE INTO path(text) VALUES(?)").run(path);
  sqlite::Statement find(*database_, "SELECT number FROM path WHERE text = ?");
  find.bind(path).step();
  const auto number = static_cast<std::uint64_t>(find.integer(0));
  path_numbers_.emplace(path, number);
  paths_.emplace(number, path);
  return number;
}

template <class Fact>
std::vector<std::uint64_t> FactCache::keep(Pool<Fact>& pool, int kind,
                                           std::vector<std::shared_ptr<const Fact>>& facts) {
  sqlite::Statement insert(*database_,
                           "INSERT OR IGNORE INTO fact(kind, hash, bytes) VALUES(?, ?, ?)");
  sqlite::Statement find(*database_, "SELECT number FROM fact WHERE kind = ? AND hash = ?");
  std::vector<std::uint64_t> numbers;
  for (std::shared_ptr<const Fact>& fact : facts) {
    const std::string bytes = encode(*fact);
    const std::uint64_t hash = stable_hash(bytes);
    const auto [known, first] = pool.number_of.try_emplace(hash, 0);
    if (first) {
      insert.run(kind, hash, bytes);
      find.bind(kind, hash).step();
      known->second = static_cast<std::uint64_t>(find.integer(0));
      pool.by_number.emplace(known->second, fact);
    } else {
      fact = pool.by_number.at(known->second);
    }
    numbers.push_back(known->second);
  }
  return numbers;
}

UnitFacts FactCache::store(std::uint64_t command, const UnitAnalysis& analysis,
                           FileContents& contents) {
  UnitFacts facts = analysis.facts;
  sqlite::Transaction transaction(*database_);
  StoredUnit stored{facts.file,
                    facts.files,
                    keep(symbols_, kSymbol, facts.symbols),
                    keep(functions_, kFunction, facts.functions),
                    keep(types_, kType, facts.types),
                    facts.initialisers};
  std::vector<StoredFile> files;
  for (const std::string& path : analysis.read) {
    files.push_back({path_number(path), contents.of(path)});
  }
  for (const std::string& path : analysis.absent) files.push_back({path_number(path), 0});
  sqlite::Statement(*database_, "INSERT INTO unit(command, files, bytes) VALUES(?, ?, ?)")
      .run(command, encode(files), encode(stored));
  sqlite::Statement(
      *database_,
      "DELETE FROM unit WHERE command = ?1 AND number NOT IN (SELECT number FROM unit "
      "WHERE command = ?1 ORDER BY number DESC LIMIT ?2)")
      .run(command, kVersions);
  transaction.commit();
  return facts;
}

}  // namespace noderig::impact
