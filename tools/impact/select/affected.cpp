#include <impact/select/affected.h>
#include <impact/select/programs.h>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace noderig::impact {
namespace {

std::vector<TestIndex> all_tests(const Recording& recording) {
  std::vector<TestIndex> all(recording.tests.size());
  std::iota(all.begin(), all.end(), TestIndex{0});
  return all;
}

ChangeReach affected_by(const Change& change, const Recording& recording,
                        const References& before) {
  ChangeReach reach{.targets = before.reach(change.old_symbols)};
  reach.targets.at_start_up |= change.at_start_up;
  const bool dispatch = change.kind == ChangeKind::LC && change.slot.has_value();
  if (!dispatch) {
    reach.tests = tests_reaching(recording, reach.targets);
    return reach;
  }
  // A call on such an object took two things: the object, and the function that it found.
  reach.receivers = before.reach(change.receiver_vtables);
  const std::vector<TestIndex> with_object = tests_reaching(recording, reach.receivers);
  if (change.old_symbols.empty()) {  // pure until now: nothing was found
    reach.tests = with_object;
    return reach;
  }
  const std::vector<TestIndex> with_call = tests_reaching(recording, reach.targets);
  std::ranges::set_intersection(with_object, with_call, std::back_inserter(reach.tests));
  return reach;
}

}  // namespace

std::vector<TestIndex> tests_reaching(const Recording& recording, const Reach& reach) {
  if (reach.at_start_up) return all_tests(recording);
  std::vector<std::uint32_t> numbers;
  for (const SymbolId symbol : reach.counted) {
    const auto number = recording.numbers.find(symbol);
    if (number != recording.numbers.end()) numbers.push_back(number->second);
  }
  std::vector<TestIndex> tests;
  for (TestIndex i = 0; i < recording.tests.size(); ++i) {
    const ExecutedRuns& executed = recording.tests[i].executed;
    if (std::ranges::any_of(numbers, [&](auto number) { return executed.contains(number); })) {
      tests.push_back(i);
    }
  }
  return tests;
}

std::vector<ChangeReach> affected_by(const Diff& diff, const Recording& recording,
                                     const References& before) {
  std::vector<ChangeReach> all;
  const Programs programs(recording, before);
  for (const Change& change : diff.changes) {
    all.push_back(affected_by(change, recording, before));
    programs.leave_out_others(change, all.back().tests);
  }
  return all;
}

}  // namespace noderig::impact
