#include "evidence.h"

#include <impact/record/test_list.h>
#include <algorithm>
#include <map>
#include <set>

namespace noderig::impact {
namespace {

bool executed_any(const Recording& recording, const RecordedTest& test, const Reach& reach) {
  return reach.at_start_up || std::ranges::any_of(reach.counted, [&](SymbolId symbol) {
           return recording.executed(test, symbol);
         });
}

// The classes of a version whose calls of the slot find the target, with the vtables of each.
std::map<std::string, std::vector<SymbolId>> receivers(const Program& program,
                                                       const std::string& slot,
                                                       const std::string& target) {
  std::map<std::string, std::vector<SymbolId>> found;
  for (const UnitFacts& unit : program.units) {
    for (const auto& type : unit.types) {
      const bool has = std::ranges::any_of(type->slots, [&](const SlotFact& one) {
        return one.slot == slot && one.target == target;
      });
      if (has && type->constructible) found.try_emplace(type->entity, type->vtables);
    }
  }
  return found;
}

class DispatchEvidence {
 public:
  DispatchEvidence(const Change& change, const RecordedVersion& before,
                   const RecordedVersion& after, const CodeView& code)
      : before_(before),
        after_(after),
        old_targets_(before.references.reach(change.old_symbols)),
        new_targets_(after.references.reach(change.new_symbols)) {
    const std::string slot = change.slot.value_or("");
    if (const auto callers = code.virtual_callers.find(slot);
        callers != code.virtual_callers.end()) {
      for (const std::string& name : callers->second) callers_.counted.push_back(symbol_id(name));
    }
    auto now = receivers(after.program, slot, change.new_target.value_or(""));
    std::map<std::string, std::vector<SymbolId>> then;
    if (change.old_target) then = receivers(before.program, slot, *change.old_target);
    for (const auto& [name, vtables] : now) {
      const Reach made = after.references.reach(vtables);
      if (name == change.receiver.value_or("")) {
        receiver_ = made;
      } else if (!change.old_target || change.old_symbols.empty() || then.contains(name)) {
        others_.push_back(made);
      }
    }
    has_old_target_ = change.old_target.has_value() && !change.old_symbols.empty();
  }

  bool shown_by(const RecordedTest& test) const {
    const RecordedTest* earlier = before_.recording.find(test.id);
    if (earlier == nullptr || earlier->verdict != Verdict::Passed) return false;
    const auto executes = [&](const Reach& reach) {
      return executed_any(after_.recording, test, reach);
    };
    return executes(new_targets_) && executes(callers_) && executes(receiver_) &&
           (!has_old_target_ || executed_any(before_.recording, *earlier, old_targets_)) &&
           std::ranges::none_of(others_, executes);
  }

 private:
  const RecordedVersion& before_;
  const RecordedVersion& after_;
  Reach old_targets_;
  Reach new_targets_;
  Reach callers_{};
  Reach receiver_{};
  std::vector<Reach> others_{};
  bool has_old_target_ = false;
};

}  // namespace

ShownChanges shown_changes(const Diff& diff, const RecordedVersion& before,
                           const RecordedVersion& after, const CodeView& code,
                           const std::vector<std::string>& limited_to) {
  std::vector<bool> counts;
  for (const RecordedTest& test : after.recording.tests) {
    counts.push_back(test.verdict == Verdict::Passed && matches(test.id, limited_to));
  }
  std::set<std::string> untested;
  for (const UntestedChange& one :
       recorded_untested(diff, after.recording, after.references, counts)) {
    untested.insert(one.id);
  }
  ShownChanges shown;
  for (const Change& change : diff.changes) {
    if (!can_be_untested(change)) continue;
    bool covered = !untested.contains(change.id);
    if (change.kind == ChangeKind::LC) {
      const DispatchEvidence evidence(change, before, after, code);
      covered = false;
      for (std::size_t i = 0; i < counts.size() && !covered; ++i) {
        covered = counts[i] && evidence.shown_by(after.recording.tests[i]);
      }
    }
    (covered ? shown.covered : shown.untested).push_back(&change);
  }
  return shown;
}

Recording recording_of(const std::vector<std::pair<TestId, TestRun>>& runs) {
  Recording recording;
  recording.state = RecordingState::Partial;
  for (const auto& [id, run] : runs) {
    if (!run.problem.empty()) continue;
    std::vector<std::uint32_t> numbers;
    for (const SymbolId symbol : run.executed) {
      numbers.push_back(
          recording.numbers
              .try_emplace(symbol, static_cast<std::uint32_t>(recording.numbers.size()))
              .first->second);
    }
    std::ranges::sort(numbers);
    recording.tests.push_back({.id = id,
                               .verdict = run.verdict,
                               .seconds = run.seconds,
                               .executed = ExecutedRuns(numbers)});
  }
  std::ranges::sort(recording.tests, {}, &RecordedTest::id);
  return recording;
}

}  // namespace noderig::impact
