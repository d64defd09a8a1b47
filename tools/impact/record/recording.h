// What tests executed, as a file keeps it: PROJECT/.noderig/impact.sqlite. A recording belongs to
// one version of the source, built one way; a test has a result in it or has none, and one that has
// none is never taken to be up to date. kill -9 at any moment leaves results that are whole, in a
// recording that says that it was not finished.
#pragma once

#include <impact/model/test_id.h>
#include <impact/record/build_identity.h>
#include <impact/record/executed_runs.h>
#include <impact/record/run_tests.h>
#include <impact/record/snapshot.h>
#include <noderig/framework/history/sqlite.h>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace noderig::impact {

enum class RecordingState {
  Interrupted,  // or still going on
  Partial,      // ended, with some tests left out
  Complete,     // every test that was known then has a result
};

// What was recorded of a version.
struct Built {
  std::string directory{};  // the build directory
  std::string daemon{};     // the instrumented daemon that scenarios ran on; empty: none
  BuildIdentity identity{};
};

struct RecordedTest {
  TestId id{};
  Verdict verdict = Verdict::Passed;
  double seconds = 0;
  std::string version{};  // as Test::version
  ExecutedRuns executed{};
  // The source files (UnitFacts::file) that its programs and their libraries may be made of, and no
  // others; null: not known.
  std::shared_ptr<const std::set<std::string>> units{};
};

struct Recording {
  std::int64_t id = 0;
  Snapshot snapshot{};
  Built built{};
  RecordingState state = RecordingState::Interrupted;
  std::unordered_map<SymbolId, std::uint32_t> numbers{};  // of the functions in `executed`
  std::vector<RecordedTest> tests{};                      // by id

  const RecordedTest* find(const TestId& test) const;
  bool executed(const RecordedTest& test, SymbolId symbol) const;
};

// Belongs to one thread. Several processes may have a file open.
class RecordingStore {
 public:
  // Open::Read throws EnvironmentError when the file is not there. Both do when it is no database
  // of this kind or of a newer noderig.
  RecordingStore(const std::filesystem::path& file, sqlite::Open open);

  // The newest one that is complete, else partial, else interrupted; of the version whose tree is
  // given, or of any. Nothing when there is none.
  std::optional<Recording> newest(const std::string& tree = {});

  // Where was recorded last; empty when nothing was. Without the identity.
  Built last_built();

  // The tests whose latest result, in any recording, is a failure.
  std::vector<TestId> last_failed();

  // Begins a recording, or goes on with the finished one of this version and build, whose results
  // are then replaced one by one.
  std::int64_t begin(const Snapshot& snapshot, const Built& built);
  // `units` as in RecordedTest; nothing: not known.
  void add(std::int64_t recording, const Test& test, const TestRun& run,
           const std::optional<std::set<std::string>>& units = {});
  // Makes what was added since the last time safe.
  void save();
  // Takes over from another recording the results of these tests, which nothing has changed for.
  void carry_over(std::int64_t from, std::int64_t to, const std::vector<TestId>& tests);
  // `known` are all tests there are; results of others are removed.
  RecordingState finish(std::int64_t recording, const std::vector<TestId>& known);

 private:
  void bring_up_to_date();
  std::int64_t executed_id(const CoveredSet& executed);
  std::int64_t linked_id(const std::set<std::string>& units);
  void load_numbers();
  void remove_old(std::int64_t newest);

  std::filesystem::path file_;
  sqlite::Database database_;
  std::optional<sqlite::Transaction> unsaved_{};
  bool numbers_loaded_ = false;
  std::unordered_map<SymbolId, std::uint32_t> numbers_{};
  std::unordered_map<std::string, std::int64_t> executed_ids_{};  // by their bytes
};

}  // namespace noderig::impact
