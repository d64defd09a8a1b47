#include "facts.h"

#include <impact/select/untested.h>

#include <gmock/gmock.h>

namespace noderig::impact {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> ids(const std::vector<UntestedChange>& untested) {
  std::vector<std::string> ids;
  for (const UntestedChange& one : untested) ids.push_back(one.id);
  return ids;
}

std::vector<std::string> predicted(const Diff& diff, const Recording& recording,
                                   const References& before, const References& after) {
  const std::vector<bool> all(recording.tests.size(), true);
  return ids(predicted_untested(diff, affected_by(diff, recording, before), recording, after, all));
}

TEST(Untested, IsANewFunctionUnlessSomethingTestedCallsIt) {
  // 1 is tested, 2 is not; 8 is called by 9, which is new as well.
  const References before = ProgramBuilder().function(1).function(2).references();
  const References after = ProgramBuilder()
                               .function(1, {9})
                               .function(2, {7})
                               .function(7)
                               .function(8)
                               .function(9, {8})
                               .references();
  const Recording recording = RecordingBuilder().test("A.a", {1}).recording();
  const Diff diff{.changes = {added("seven", {7}), added("eight", {8}), added("nine", {9}),
                              changed("one", {1})}};
  EXPECT_THAT(predicted(diff, recording, before, after), ElementsAre("AM seven"));
}

TEST(Untested, IsANewOverriderUnlessItsDispatchIsTested) {
  // 21 is the vtable of a class whose objects test A.a makes without calling the slot.
  const References before =
      ProgramBuilder().function(1).vtable(21, {1}).function(5, {21}).references();
  const References after =
      ProgramBuilder().function(1).function(2).vtable(21, {2}).function(5, {21}).references();
  Diff diff{.changes = {added("Derived::m", {2}), dispatch("Derived", "Base::m", {1}, {21})}};
  diff.changes[1].depends_on = {diff.changes[0].id};

  const Recording object_alone = RecordingBuilder().test("A.a", {5}).recording();
  EXPECT_THAT(predicted(diff, object_alone, before, after),
              ElementsAre("AM Derived::m", "LC Derived Base::m"));
  const Recording both = RecordingBuilder().test("A.a", {1, 5}).recording();
  EXPECT_THAT(predicted(diff, both, before, after), IsEmpty());
}

TEST(Untested, IsTheDispatchOfANewClassUnlessSomethingTestedMakesIt) {
  const References before = ProgramBuilder().function(1).function(2).references();
  const References after = ProgramBuilder()
                               .function(1, {30})
                               .function(2)
                               .implicit(30, {31})
                               .vtable(31)
                               .type("New", {31})
                               .vtable(32)
                               .type("Unused", {32})
                               .references();
  const auto dispatch_of = [](const std::string& receiver) {
    Change change = dispatch(receiver, "Base::m", {}, {});
    change.old_target.reset();
    return change;
  };
  const Diff diff{.changes = {dispatch_of("New"), dispatch_of("Unused")}};
  const Recording recording = RecordingBuilder().test("A.a", {1}).recording();
  EXPECT_THAT(predicted(diff, recording, before, after), ElementsAre("LC Unused Base::m"));
}

TEST(Untested, IsNothingThatIsNoCodeOrThatNobodyCanReach) {
  Change deleted = changed("gone", {9});
  deleted.kind = ChangeKind::DM;
  Change type = changed("Type", {});
  type.kind = ChangeKind::AC;
  Change abstract = dispatch("Abstract", "Base::m", {9}, {21});
  abstract.constructible = false;
  Change end = dispatch("Gone", "Base::m", {9}, {21});
  end.new_target.reset();
  Change test = changed("A_a_Test::TestBody()", {9});
  test.test_code = true;
  for (const Change& change : {deleted, type, abstract, end, test}) {
    EXPECT_FALSE(can_be_untested(change)) << change.id;
  }
  EXPECT_TRUE(can_be_untested(changed("f", {9})));
}

TEST(Untested, IsReadFromWhatTheNewVersionExecuted) {
  const References after = ProgramBuilder()
                               .function(1)
                               .function(2)
                               .vtable(21, {2})
                               .function(5, {21})
                               .type("Derived", {21})
                               .references();
  Change lookup = dispatch("Derived", "Base::m", {1}, {21});
  lookup.new_symbols = {2};
  const Diff diff{.changes = {added("Derived::m", {2}), lookup}};
  const auto recorded = [&](const Recording& recording) {
    return recorded_untested(diff, recording, after, std::vector(recording.tests.size(), true));
  };
  EXPECT_THAT(recorded(RecordingBuilder().test("A.a", {5}).recording()),
              ElementsAre(UntestedChange{"AM Derived::m", Evidence::Recorded},
                          UntestedChange{"LC Derived Base::m", Evidence::Recorded}));
  EXPECT_THAT(recorded(RecordingBuilder().test("A.a", {2, 5}).recording()), IsEmpty());
  // On an object of another class.
  EXPECT_THAT(recorded(RecordingBuilder().test("A.a", {2}).recording()),
              ElementsAre(UntestedChange{"LC Derived Base::m", Evidence::Recorded}));
}

TEST(Untested, IsNothingThatRunsAtStartUp) {
  const References before = ProgramBuilder().function(1).references();
  const References after =
      ProgramBuilder().function(1).function(2).variable(3, {2}, true).function(4).references();
  Change constructor = added("begin", {4});
  constructor.at_start_up = true;
  const Diff diff{.changes = {added("two", {2}), constructor}};
  const Recording recording = RecordingBuilder().test("A.a", {1}).recording();
  EXPECT_THAT(predicted(diff, recording, before, after), IsEmpty());
  EXPECT_THAT(recorded_untested({.changes = {constructor}}, recording, after, {true}), IsEmpty());
}

}  // namespace
}  // namespace noderig::impact
