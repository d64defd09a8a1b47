// Changes that no test reaches: what decides whether an edit may go in. Predicted from the old
// graphs before anything is run, or read from graphs recorded of the new version. Pure functions;
// any thread.
#pragma once

#include <impact/select/affected.h>
#include <string>
#include <vector>

namespace noderig::impact {

enum class Evidence { Predicted, Recorded };
std::string_view to_string(Evidence evidence);

struct UntestedChange {
  std::string id{};
  Evidence evidence = Evidence::Predicted;

  bool operator==(const UntestedChange&) const = default;
};

// Whether a change could be untested at all. What is deleted shows as the changes that it causes;
// a class or field alone is no code; nobody can make an object of some classes; a test tests
// itself.
bool can_be_untested(const Change& change);

// `reach` is affected_by(). Of the recorded tests only those count that `counts` names. What is new
// is reached where a function is reached that refers to it in the new version and is not new
// itself; a new overrider where its dispatch is.
std::vector<UntestedChange> predicted_untested(const Diff& diff,
                                               const std::vector<ChangeReach>& reach,
                                               const Recording& recording, const References& after,
                                               const std::vector<bool>& counts);

// `recording` is of the new version.
std::vector<UntestedChange> recorded_untested(const Diff& diff, const Recording& recording,
                                              const References& after,
                                              const std::vector<bool>& counts);

}  // namespace noderig::impact
