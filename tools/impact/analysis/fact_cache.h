// The facts of units that were analysed before, in one SQLite file, and each distinct fact once in
// memory. A unit is found by its command and by the content of every file that it was made of, or
// that was looked for and not there. Belongs to one thread; several processes may share the file.
#pragma once

#include "unit_analysis.h"

#include <impact/model/facts.h>
#include <impact/source/source_tree.h>
#include <noderig/framework/history/sqlite.h>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace noderig::impact {

// What the content of a file is in one tree: remembered, so that each is looked at once.
class FileContents {
 public:
  explicit FileContents(SourceTree& tree) : tree_(tree) {}

  // Of a path as the project names it; 0 when it is not there.
  std::uint64_t of(const std::string& path);

 private:
  SourceTree& tree_;
  std::unordered_map<std::string, std::uint64_t> known_{};
};

class FactCache {
 public:
  // An empty path keeps it in memory. Facts of another toolchain are dropped; so is a damaged file.
  FactCache(const std::filesystem::path& file, const std::string& toolchain);
  ~FactCache();

  std::optional<UnitFacts> find(std::uint64_t command, FileContents& contents);

  // Keeps what was analysed, and returns its facts with equal ones shared.
  UnitFacts store(std::uint64_t command, const UnitAnalysis& analysis, FileContents& contents);

 private:
  template <class Fact>
  struct Pool {
    std::unordered_map<std::uint64_t, std::shared_ptr<const Fact>> by_number{};
    std::unordered_map<std::uint64_t, std::uint64_t> number_of{};  // by hash of its bytes
  };

  void open(const std::filesystem::path& file, const std::string& toolchain);
  void load();
  std::uint64_t path_number(const std::string& path);
  template <class Fact>
  std::vector<std::uint64_t> keep(Pool<Fact>& pool, int kind,
                                  std::vector<std::shared_ptr<const Fact>>& facts);
  template <class Fact>
  std::vector<std::shared_ptr<const Fact>> shared(const Pool<Fact>& pool,
                                                  const std::vector<std::uint64_t>& numbers) const;

  std::unique_ptr<sqlite::Database> database_{};
  std::unordered_map<std::string, std::uint64_t> path_numbers_{};
  std::unordered_map<std::uint64_t, std::string> paths_{};
  Pool<SymbolFact> symbols_{};
  Pool<FunctionFact> functions_{};
  Pool<TypeFact> types_{};
};

}  // namespace noderig::impact
