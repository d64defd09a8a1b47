// What `impact select` answers: the tests to run, in their order, each with its reason; the changes
// that no test reaches; and, when it cannot know, everything, with why. Value types; any thread.
#pragma once

#include <impact/model/change.h>
#include <impact/record/recording.h>
#include <impact/select/affected.h>
#include <impact/select/untested.h>
#include <map>
#include <string>
#include <vector>

namespace noderig::impact {

enum class Why {
  Everything,  // it cannot be known what is affected
  New,         // not there when the recording was made
  Unrecorded,  // there, and what it executes is not recorded
  Edited,      // its own code has changed
  Change,      // it executes what has changed
  Failed,      // it failed when it last ran
};
std::string_view to_string(Why why);

struct SelectedTest {
  TestId id{};
  Why why = Why::Change;
  std::vector<std::string> changes{};  // ids of what affects it
  double seconds = 0;                  // that it took when it was recorded; 0: not known
};

struct Selection {
  Diff diff{};
  std::string database{};
  std::string recorded_revision{};        // empty: nothing is recorded
  bool complete = false;                  // the recording
  std::vector<std::string> limited_to{};  // globs of tests, by the user's choice
  std::size_t total_tests = 0;            // within that choice
  std::vector<SelectedTest> selected{};   // the first wave first
  std::size_t first_wave = 0;
  std::vector<TestId> unaffected{};        // the others of that choice
  std::vector<UntestedChange> untested{};  // as far as the tests of that choice go
  double seconds = 0;                      // that selecting took

  const SelectedTest* find(const TestId& id) const;
};

struct SelectionInput {
  Diff diff{};
  bool files_differ = false;  // also where nothing in the diff comes of it
  std::optional<Recording> recording{};
  const References* before = nullptr;  // of the recorded version; null: not analysed
  const References* after = nullptr;
  std::vector<TestId> tests{};               // those there are now
  std::map<TestId, std::string> versions{};  // Test::version of those that have one
  std::vector<TestId> last_failed{};
  std::vector<std::string> limited_to{};
};

// Fills in all but `database` and `seconds`.
Selection select(const SelectionInput& input);

}  // namespace noderig::impact
