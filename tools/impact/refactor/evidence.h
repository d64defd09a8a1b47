// Which changes of a refactoring the recorded tests show to be harmless, and which nobody shows:
// decided on graphs recorded of both versions, strictly. Pure functions; any thread.
//
// A dispatch counts as covered only by a test that passes in both versions and cannot have come by
// the new method in another way: it calls the slot through the virtual table, makes objects of the
// receiver, executes the old target before and the new one after, and makes no objects of another
// class whose calls led from the same old method to the same new one.
#pragma once

#include <impact/model/change.h>
#include <impact/model/facts.h>
#include <impact/record/recording.h>
#include <impact/refactor/code_view.h>
#include <impact/select/references.h>
#include <impact/select/untested.h>
#include <string>
#include <vector>

namespace noderig::impact {

// One version: its facts, who refers to whom, and what the tests executed.
struct RecordedVersion {
  const Program& program;
  const References& references;
  const Recording& recording;
};

struct ShownChanges {
  std::vector<const Change*> covered{};
  std::vector<const Change*> untested{};
};

// Of the changes that could be untested at all. `limited_to`: the user's choice of tests.
ShownChanges shown_changes(const Diff& diff, const RecordedVersion& before,
                           const RecordedVersion& after, const CodeView& code,
                           const std::vector<std::string>& limited_to);

// A recording as run_tests() leaves it, without a store.
Recording recording_of(const std::vector<std::pair<TestId, TestRun>>& runs);

}  // namespace noderig::impact
