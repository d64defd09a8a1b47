#include "facts.h"

#include <impact/select/affected.h>
#include <impact/select/untested.h>

#include <gmock/gmock.h>

namespace noderig::impact {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> affected(const Change& change, const Recording& recording,
                                  const References& before) {
  std::vector<std::string> names;
  const Diff diff{.changes = {change}};
  const std::vector<ChangeReach> reach = affected_by(diff, recording, before);
  for (const TestIndex test : reach.front().tests) {
    names.push_back(recording.tests[test].id.name);
  }
  return names;
}

// Price, and RegularPrice that inherits its getCharge(): 1 is Price::getCharge, 20 and 21 are the
// vtables, 10 and 11 the implicit constructors, 5 to 7 the tests' bodies.
const References kPrices = ProgramBuilder()
                               .function(1)
                               .vtable(20, {1})
                               .vtable(21, {1})
                               .implicit(10, {20})
                               .implicit(11, {21, 10})
                               .function(5, {10, 1})
                               .function(6, {11, 1})
                               .function(7, {11})
                               .references();
const Recording kPriceTests = RecordingBuilder()
                                  .test("Price.Base", {5, 1})
                                  .test("Price.Regular", {6, 1})
                                  .test("Price.RegularUnused", {7})
                                  .recording();

TEST(Affected, ByAChangedFunctionAreTestsThatExecuteIt) {
  EXPECT_THAT(affected(changed("Price::getCharge", {1}), kPriceTests, kPrices),
              ElementsAre("Price.Base", "Price.Regular"));
}

TEST(Affected, ByADispatchAreTestsWithTheObjectAndTheCall) {
  EXPECT_THAT(
      affected(dispatch("RegularPrice", "Price::getCharge", {1}, {21}), kPriceTests, kPrices),
      ElementsAre("Price.Regular"));
}

TEST(Affected, ByADispatchThatFoundNothingAreTestsWithTheObject) {
  EXPECT_THAT(
      affected(dispatch("RegularPrice", "Price::getCharge", {}, {21}), kPriceTests, kPrices),
      ElementsAre("Price.Regular", "Price.RegularUnused"));
}

TEST(Affected, ByADispatchOnAClassThatNobodyMakesIsNoTest) {
  EXPECT_THAT(affected(dispatch("Other", "Price::getCharge", {1}, {99}), kPriceTests, kPrices),
              IsEmpty());
}

TEST(Affected, ByAnotherChangeOfAVtableAreTestsThatReachIt) {
  Change change = dispatch("RegularPrice", "", {21}, {});
  change.slot.reset();
  EXPECT_THAT(affected(change, kPriceTests, kPrices),
              ElementsAre("Price.Regular", "Price.RegularUnused"));
}

TEST(Affected, ByWhatRunsAtStartUpIsEveryTest) {
  Change change = changed("limit", {50});
  change.at_start_up = true;
  EXPECT_THAT(affected(change, kPriceTests, kPrices),
              ElementsAre("Price.Base", "Price.Regular", "Price.RegularUnused"));
}

// Two programs with a main and a helper of their own, and a library that both have.
class AffectedPrograms : public testing::Test {
 protected:
  std::vector<std::string> affected_by_main_of_a() const {
    Change change = changed("main", {1});
    change.units = {"a.cpp"};
    return affected(change, recording_.recording(), program_.references());
  }

  ProgramBuilder program_ = ProgramBuilder()
                                .unit("a.cpp")
                                .function(1)
                                .function(2)
                                .unit("b.cpp")
                                .function(1)
                                .function(2)
                                .unit("lib.cpp")
                                .function(3);
  RecordingBuilder recording_ = RecordingBuilder()
                                    .test("A", {1, 2, 3}, {"a.cpp", "lib.cpp"})
                                    .test("B", {1, 2, 3}, {"b.cpp", "lib.cpp"});
};

TEST_F(AffectedPrograms, ByAFunctionAreTestsOfTheProgramsThatItIsIn) {
  EXPECT_THAT(affected_by_main_of_a(), ElementsAre("A"));
}

TEST_F(AffectedPrograms, ByAFunctionAreTestsOfProgramsThatNothingIsKnownOf) {
  recording_.test("Unknown", {1});
  EXPECT_THAT(affected_by_main_of_a(), ElementsAre("A", "Unknown"));
}

TEST_F(AffectedPrograms, ByAFunctionAreTestsThatExecutedWhatTheirProgramIsSaidNotToHave) {
  program_.unit("plugin.cpp").function(4);
  recording_.test("B2", {1, 4}, {"b.cpp", "lib.cpp"}).test("C", {1, 3}, {"c.cpp", "lib.cpp"});
  EXPECT_THAT(affected_by_main_of_a(), ElementsAre("A", "B", "B2", "C"));
}

TEST_F(AffectedPrograms, ByAChangeThatMayBeAnywhereAreAllThatExecuteIt) {
  EXPECT_THAT(affected(changed("main", {1}), recording_.recording(), program_.references()),
              ElementsAre("A", "B"));
}

TEST_F(AffectedPrograms, ByWhatRunsAtStartUpAreTestsOfTheProgramsThatItIsIn) {
  Change change = changed("limit", {50});
  change.at_start_up = true;
  change.units = {"b.cpp"};
  EXPECT_THAT(affected(change, recording_.recording(), program_.references()), ElementsAre("B"));
}

TEST_F(AffectedPrograms, AreToldApartInWhatIsUntestedToo) {
  Change change = changed("main", {1});
  change.units = {"a.cpp"};
  const Diff diff{.changes = {change}};
  const std::vector<bool> only_b = {false, true};
  EXPECT_EQ(recorded_untested(diff, recording_.recording(), program_.references(), only_b).size(),
            1U);
}

TEST(Affected, ByAnAdditionAloneIsNoTest) {
  EXPECT_THAT(affected(added("Price::discount", {70}), kPriceTests, kPrices), IsEmpty());
}

}  // namespace
}  // namespace noderig::impact
