#include <impact/select/programs.h>
#include <impact/select/untested.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace noderig::impact {
namespace {

bool any_counts(const std::vector<TestIndex>& tests, const std::vector<bool>& counts) {
  return std::ranges::any_of(tests, [&](TestIndex test) { return counts[test]; });
}

// Which additions the recorded tests can be expected to reach.
class Additions {
 public:
  Additions(const Diff& diff, const std::vector<ChangeReach>& reach, const Recording& recording,
            const References& after, const std::vector<bool>& counts)
      : diff_(diff), reach_(reach), recording_(recording), after_(after), counts_(counts) {
    for (const Change& change : diff.changes) {
      if (change.kind == ChangeKind::AM) {
        added_.insert(change.new_symbols.begin(), change.new_symbols.end());
      }
    }
  }

  bool reached(const Change& change) const {
    return change.at_start_up || used(change.new_symbols, References::Way::Code) ||
           dispatched(change);
  }

  // Whether objects of the receiver, whose class is new, are made.
  bool made(const Change& dispatch) const {
    return used(after_.vtables_of(*dispatch.receiver), References::Way::All);
  }

 private:
  // Goes from added function to added function until one is met that was there before.
  bool used(std::vector<SymbolId> open, References::Way way) const {
    std::set<SymbolId> seen(open.begin(), open.end());
    while (!open.empty()) {
      const Reach users = after_.users(open, way);
      if (users.at_start_up || any_reached(users.counted)) return true;
      open.clear();
      for (const SymbolId user : users.counted) {
        if (added_.contains(user) && seen.insert(user).second) open.push_back(user);
      }
    }
    return false;
  }

  bool any_reached(const std::vector<SymbolId>& symbols) const {
    Reach old;
    std::ranges::copy_if(symbols, std::back_inserter(old.counted),
                         [&](SymbolId symbol) { return !added_.contains(symbol); });
    return !old.counted.empty() && any_counts(tests_reaching(recording_, old), counts_);
  }

  // By a dispatch that leads to it now.
  bool dispatched(const Change& addition) const {
    for (std::size_t i = 0; i < diff_.changes.size(); ++i) {
      const Change& other = diff_.changes[i];
      if (other.kind == ChangeKind::LC && any_counts(reach_[i].tests, counts_) &&
          std::ranges::find(other.depends_on, addition.id) != other.depends_on.end()) {
        return true;
      }
    }
    return false;
  }

  const Diff& diff_;
  const std::vector<ChangeReach>& reach_;
  const Recording& recording_;
  const References& after_;
  const std::vector<bool>& counts_;
  std::set<SymbolId> added_{};
};

}  // namespace

std::string_view to_string(Evidence evidence) {
  return evidence == Evidence::Predicted ? "predicted" : "recorded";
}

bool can_be_untested(const Change& change) {
  switch (change.kind) {
    case ChangeKind::AC:
    case ChangeKind::DC:
    case ChangeKind::AF:
    case ChangeKind::DF:
    case ChangeKind::DM:
      return false;
    case ChangeKind::AM:
    case ChangeKind::CM:
    case ChangeKind::CFI:
    case ChangeKind::CSFI:
      return !change.test_code;
    case ChangeKind::LC:
      return change.constructible && change.new_target.has_value() && !change.test_code;
  }
  return true;
}

std::vector<UntestedChange> predicted_untested(const Diff& diff,
                                               const std::vector<ChangeReach>& reach,
                                               const Recording& recording, const References& after,
                                               const std::vector<bool>& counts) {
  const Additions additions(diff, reach, recording, after, counts);
  std::vector<UntestedChange> untested;
  for (std::size_t i = 0; i < diff.changes.size(); ++i) {
    const Change& change = diff.changes[i];
    if (!can_be_untested(change) || any_counts(reach[i].tests, counts)) continue;
    if (change.kind == ChangeKind::AM && additions.reached(change)) continue;
    const bool new_dispatch =
        change.kind == ChangeKind::LC && !change.old_target && change.receiver;
    if (new_dispatch && additions.made(change)) continue;
    untested.push_back({change.id, Evidence::Predicted});
  }
  return untested;
}

std::vector<UntestedChange> recorded_untested(const Diff& diff, const Recording& recording,
                                              const References& after,
                                              const std::vector<bool>& counts) {
  const Programs programs(recording, after);
  std::vector<UntestedChange> untested;
  for (const Change& change : diff.changes) {
    if (!can_be_untested(change) || change.at_start_up) continue;
    std::vector<TestIndex> tests = tests_reaching(recording, after.reach(change.new_symbols));
    if (change.kind == ChangeKind::LC && change.receiver && change.slot) {
      const auto with_object =
          tests_reaching(recording, after.reach(after.vtables_of(*change.receiver)));
      std::vector<TestIndex> both;
      std::ranges::set_intersection(tests, with_object, std::back_inserter(both));
      tests = std::move(both);
    }
    programs.leave_out_others(change, tests);
    if (!any_counts(tests, counts)) untested.push_back({change.id, Evidence::Recorded});
  }
  return untested;
}

}  // namespace noderig::impact
