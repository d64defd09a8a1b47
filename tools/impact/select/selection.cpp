#include <impact/select/selection.h>

#include <impact/record/test_list.h>
#include <impact/select/first_wave.h>
#include <impact/select/new_tests.h>
#include <algorithm>
#include <map>
#include <set>

namespace noderig::impact {
namespace {

class Selector {
 public:
  explicit Selector(const SelectionInput& input) : input_(input) {
    if (input.recording && input.before != nullptr) {
      reach_ = affected_by(input.diff, *input.recording, *input.before);
    }
    for (std::size_t change = 0; change < reach_.size(); ++change) {
      for (const TestIndex test : reach_[change].tests) {
        changes_[input.recording->tests[test].id].push_back(change);
      }
    }
    failed_.insert(input.last_failed.begin(), input.last_failed.end());
  }

  Selection select() const {
    Selection selection{.diff = input_.diff, .limited_to = input_.limited_to};
    if (input_.recording) {
      selection.recorded_revision = input_.recording->snapshot.commit;
      selection.complete = input_.recording->state == RecordingState::Complete;
    }
    std::vector<SelectedTest> selected;
    std::vector<Candidate> candidates;
    for (const TestId& test : input_.tests) {
      if (!matches(test, input_.limited_to)) continue;
      ++selection.total_tests;
      const auto why = reason_for(test);
      if (!why) {
        selection.unaffected.push_back(test);
        continue;
      }
      selected.push_back(entry(test, *why));
      candidates.push_back(candidate(test, *why));
    }
    const Waves waves = in_waves(candidates);
    for (const std::size_t i : waves.order) selection.selected.push_back(std::move(selected[i]));
    selection.first_wave = waves.first;
    if (!reach_.empty() && input_.after != nullptr) {
      selection.untested = predicted_untested(input_.diff, reach_, *input_.recording, *input_.after,
                                              counted_tests());
    }
    return selection;
  }

 private:
  const RecordedTest* recorded(const TestId& test) const {
    return input_.recording ? input_.recording->find(test) : nullptr;
  }

  // Nothing when the test need not run.
  std::optional<Why> reason_for(const TestId& test) const {
    if (input_.diff.everything()) return Why::Everything;
    const RecordedTest* known = recorded(test);
    if (known == nullptr) {
      const bool complete = input_.recording && input_.recording->state == RecordingState::Complete;
      return complete ? Why::New : Why::Unrecorded;
    }
    if (known->verdict == Verdict::Skipped) return Why::Unrecorded;
    // Such as a script, which may read any file.
    const bool without_counters = known->executed.size() == 0;
    if (without_counters && input_.files_differ) return Why::Unrecorded;
    const auto version = input_.versions.find(test);
    if (version != input_.versions.end() && version->second != known->version) return Why::Edited;
    const auto changes = changes_.find(test);
    if (changes != changes_.end()) {
      const bool edited = std::ranges::any_of(changes->second, [&](std::size_t change) {
        return is_own_code(input_.diff.changes[change], test);
      });
      return edited ? Why::Edited : Why::Change;
    }
    if (failed_.contains(test)) return Why::Failed;
    return {};
  }

  SelectedTest entry(const TestId& test, Why why) const {
    SelectedTest entry{.id = test, .why = why};
    const auto changes = changes_.find(test);
    if (changes != changes_.end()) {
      for (const std::size_t change : changes->second) {
        entry.changes.push_back(input_.diff.changes[change].id);
      }
    }
    if (const RecordedTest* known = recorded(test)) entry.seconds = known->seconds;
    return entry;
  }

  Candidate candidate(const TestId& test, Why why) const {
    Candidate candidate{.uncertain =
                            why == Why::New || why == Why::Unrecorded || failed_.contains(test)};
    const auto changes = changes_.find(test);
    if (changes != changes_.end()) candidate.reaches = changes->second;
    if (const RecordedTest* known = recorded(test)) {
      candidate.executed = known->executed.size();
      candidate.seconds = known->seconds;
    }
    return candidate;
  }

  // Of the recorded tests, those that are there still and that the user chose.
  std::vector<bool> counted_tests() const {
    const std::set<TestId> there(input_.tests.begin(), input_.tests.end());
    std::vector<bool> counts;
    for (const RecordedTest& test : input_.recording->tests) {
      counts.push_back(there.contains(test.id) && matches(test.id, input_.limited_to));
    }
    return counts;
  }

  const SelectionInput& input_;
  std::vector<ChangeReach> reach_{};
  std::map<TestId, std::vector<std::size_t>> changes_{};  // numbers in the diff
  std::set<TestId> failed_{};
};

}  // namespace

std::string_view to_string(Why why) {
  switch (why) {
    case Why::Everything:
      return "everything";
    case Why::New:
      return "new";
    case Why::Unrecorded:
      return "unrecorded";
    case Why::Edited:
      return "edited";
    case Why::Change:
      return "change";
    case Why::Failed:
      return "failed";
  }
  return {};
}

const SelectedTest* Selection::find(const TestId& id) const {
  const auto found = std::ranges::find(selected, id, &SelectedTest::id);
  return found == selected.end() ? nullptr : &*found;
}

Selection select(const SelectionInput& input) {
  return Selector(input).select();
}

}  // namespace noderig::impact
