// From a project, its recording and two versions to a selection: what the commands select, explain
// and run have in common. One thread.
#pragma once

#include <impact/analysis/analyse.h>
#include <impact/diff/compare.h>
#include <impact/record/test_list.h>
#include <impact/select/references.h>
#include <impact/select/selection.h>
#include <optional>
#include <string>
#include <vector>

namespace noderig::impact {

struct SelectRequest {
  std::filesystem::path project{};  // absolute
  std::filesystem::path build{};    // absolute
  std::filesystem::path database{};
  std::string before{};  // a revision; empty: what was recorded last
  std::string after{};   // a revision; empty: the work tree
  std::vector<std::string> ignored{};
  std::vector<std::string> limited_to{};
  // All tests of the version `after`; nothing: those recorded, those of the build directory as it
  // stands, and those that the change adds.
  std::optional<std::vector<Test>> tests{};
};

// A selection with what it came from.
struct Selected {
  Selection selection{};
  std::optional<Recording> recording{};
  std::optional<References> before{};
  std::optional<References> after{};
  std::vector<TestId> tests{};  // all there are in the newer version
  // Tests whose recorded results hold for the newer version, whatever the user's choice is.
  std::vector<TestId> unaffected{};
};

// Throws UsageError when a revision is not there.
Selected select_for(const SelectRequest& request, Analyser& analyser);

}  // namespace noderig::impact
