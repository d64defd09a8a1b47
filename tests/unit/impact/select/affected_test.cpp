#include "facts.h"

#include <impact/select/affected.h>

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

TEST(Affected, ByAnAdditionAloneIsNoTest) {
  EXPECT_THAT(affected(added("Price::discount", {70}), kPriceTests, kPrices), IsEmpty());
}

}  // namespace
}  // namespace noderig::impact
