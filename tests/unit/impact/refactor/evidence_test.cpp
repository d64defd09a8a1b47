#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <impact/refactor/evidence.h>

namespace noderig::impact {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr SymbolId kOldOfA = 20, kOldOfB = 21, kNew = 22;
constexpr SymbolId kMakesA = 11, kMakesB = 12;
constexpr const char* kSlot = "Root::get()";

std::shared_ptr<const SymbolFact> function(SymbolId id, std::vector<SymbolId> references = {}) {
  SymbolFact fact;
  fact.id = id;
  fact.counted = true;
  fact.references = std::move(references);
  return std::make_shared<const SymbolFact>(fact);
}

std::shared_ptr<const SymbolFact> vtable(SymbolId id) {
  SymbolFact fact;
  fact.id = id;
  fact.kind = SymbolKind::Vtable;
  return std::make_shared<const SymbolFact>(fact);
}

std::shared_ptr<const TypeFact> receiver(const std::string& name, const std::string& target,
                                         SymbolId vtable_id, bool constructible = true) {
  TypeFact fact;
  fact.entity = name;
  fact.constructible = constructible;
  fact.slots = {{.slot = kSlot, .target = target}};
  fact.vtables = {vtable_id};
  return std::make_shared<const TypeFact>(fact);
}

// Classes A and B, whose calls of the slot go to these targets.
Program program(const std::string& target_of_a, const std::string& target_of_b,
                bool b_is_made = true) {
  Program made;
  made.units.resize(1);
  made.units[0].symbols = {
      vtable(1),         vtable(2),         function(kMakesA, {1}), function(kMakesB, {2}),
      function(kOldOfA), function(kOldOfB), function(kNew),         function(symbol_id("call"))};
  made.units[0].types = {receiver("A", target_of_a, 1), receiver("B", target_of_b, 2, b_is_made)};
  return made;
}

Change dispatch_of_a(const std::string& old_target, SymbolId old_symbol) {
  Change change;
  change.id = "LC A";
  change.kind = ChangeKind::LC;
  change.receiver = "A";
  change.slot = kSlot;
  change.old_target = old_target;
  change.new_target = "Base::get()";
  change.old_symbols = {old_symbol};
  change.new_symbols = {kNew};
  change.receiver_vtables = {1};
  return change;
}

Recording recording(std::vector<SymbolId> executed, Verdict verdict = Verdict::Passed) {
  TestRun run;
  run.verdict = verdict;
  std::ranges::sort(executed);
  run.executed = std::move(executed);
  return recording_of({{TestId{TestKind::Ctest, "", "one"}, run}});
}

struct Case {
  Program before{}, after{};
  Change change{};
  Recording before_run{}, after_run{};
};

std::vector<std::string> untested(const Case& one,
                                  const std::vector<std::string>& limited_to = {}) {
  Diff diff;
  diff.changes = {one.change};
  CodeView code;
  code.virtual_callers[kSlot] = {"call"};
  const References before(one.before), after(one.after);
  std::vector<std::string> ids;
  const ShownChanges shown = shown_changes(diff, {one.before, before, one.before_run},
                                           {one.after, after, one.after_run}, code, limited_to);
  EXPECT_EQ(shown.covered.size() + shown.untested.size(), 1u);
  for (const Change* change : shown.untested) ids.push_back(change->id);
  return ids;
}

const SymbolId kCalls = symbol_id("call");

// A's own method went to the base; so did B's.
Case pulled_up() {
  return {program("A::get()", "B::get()"), program("Base::get()", "Base::get()"),
          dispatch_of_a("A::get()", kOldOfA), recording({kCalls, kMakesA, kOldOfA}),
          recording({kCalls, kMakesA, kNew})};
}

TEST(Evidence, IsATestThatCallsTheMethodOnTheReceiver) {
  EXPECT_THAT(untested(pulled_up()), IsEmpty());
}

TEST(Evidence, IsNoTestOfAnotherReceiver) {
  Case one = pulled_up();
  one.before_run = recording({kCalls, kMakesB, kOldOfB});
  one.after_run = recording({kCalls, kMakesB, kNew});
  EXPECT_THAT(untested(one), ElementsAre("LC A"));
  // Nor one that makes the receiver and calls the method on another.
  one.before_run = recording({kCalls, kMakesA, kMakesB, kOldOfB});
  one.after_run = recording({kCalls, kMakesA, kMakesB, kNew});
  EXPECT_THAT(untested(one), ElementsAre("LC A"));
}

TEST(Evidence, TellsReceiversApartByTheirOldMethods) {
  Case one = pulled_up();
  one.before_run = recording({kCalls, kMakesA, kMakesB, kOldOfA});
  one.after_run = recording({kCalls, kMakesA, kMakesB, kNew});
  EXPECT_THAT(untested(one), IsEmpty());
}

TEST(Evidence, IsUndecidedWhereReceiversShareBothMethods) {
  Case one = pulled_up();
  one.before = program("A::get()", "A::get()");
  EXPECT_THAT(untested(one), IsEmpty());
  one.after_run = recording({kCalls, kMakesA, kMakesB, kNew});
  EXPECT_THAT(untested(one), ElementsAre("LC A"));
}

TEST(Evidence, CountsNoReceiverThatNobodyCanMake) {
  Case one = pulled_up();
  one.before = program("A::get()", "A::get()", false);
  one.after = program("Base::get()", "Base::get()", false);
  one.after_run = recording({kCalls, kMakesA, kMakesB, kNew});
  EXPECT_THAT(untested(one), IsEmpty());
}

TEST(Evidence, IsNoTestWithoutTheNewMethodOrTheReceiver) {
  Case one = pulled_up();
  one.after_run = recording({kCalls, kMakesA});
  EXPECT_THAT(untested(one), ElementsAre("LC A"));
  one.after_run = recording({kCalls, kNew});
  EXPECT_THAT(untested(one), ElementsAre("LC A"));
}

TEST(Evidence, IsNoTestThatTheUserDidNotChoose) {
  EXPECT_THAT(untested(pulled_up(), {"ctest:one"}), IsEmpty());
  EXPECT_THAT(untested(pulled_up(), {"ctest:other"}), ElementsAre("LC A"));
}

TEST(Evidence, IsNoTestWhoseCountersCouldNotBeRead) {
  EXPECT_THAT(recording_of({{TestId{TestKind::Ctest, "", "one"}, {.problem = "damaged"}}}).tests,
              IsEmpty());
}

TEST(Evidence, IsNotAskedForWhatIsDeleted) {
  const Case one = pulled_up();
  Change deleted = one.change;
  deleted.kind = ChangeKind::DM;
  Diff diff;
  diff.changes = {deleted};
  const References before(one.before), after(one.after);
  const ShownChanges shown = shown_changes(diff, {one.before, before, one.before_run},
                                           {one.after, after, one.after_run}, {}, {});
  EXPECT_TRUE(shown.covered.empty() && shown.untested.empty());
}

TEST(Evidence, IsNoTestThatCallsWithoutTheVirtualTable) {
  Case one = pulled_up();
  one.after_run = recording({kMakesA, kNew});
  EXPECT_THAT(untested(one), ElementsAre("LC A"));
}

TEST(Evidence, IsNoTestThatFails) {
  Case one = pulled_up();
  one.after_run = recording({kCalls, kMakesA, kNew}, Verdict::Failed);
  EXPECT_THAT(untested(one), ElementsAre("LC A"));
  one = pulled_up();
  one.before_run = recording({kCalls, kMakesA, kOldOfA}, Verdict::Failed);
  EXPECT_THAT(untested(one), ElementsAre("LC A"));
}

}  // namespace
}  // namespace noderig::impact
