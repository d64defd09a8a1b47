#include "facts.h"

#include <gmock/gmock.h>

namespace noderig::impact {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(References, WhatIsCountedStandsForItself) {
  const References references = ProgramBuilder().function(1, {2}).function(2).references();
  EXPECT_THAT(references.reach({2}).counted, ElementsAre(2));
}

TEST(References, GoBackThroughAllThatHasNoCounter) {
  // main -> implicit constructor -> vtable -> thunk -> implicit member
  const References references = ProgramBuilder()
                                    .function(1, {10})
                                    .implicit(10, {11})
                                    .vtable(11, {12})
                                    .implicit(12, {13})
                                    .implicit(13)
                                    .function(2, {1})
                                    .references();
  const Reach reach = references.reach({13});
  EXPECT_THAT(reach.counted, ElementsAre(1));
  EXPECT_FALSE(reach.at_start_up);
}

TEST(References, OfAnUnknownSymbolAreThoseThatNameIt) {
  const References references = ProgramBuilder().function(1, {99}).function(2).references();
  EXPECT_THAT(references.reach({99}).counted, ElementsAre(1));
}

TEST(References, EndInCircles) {
  const References references =
      ProgramBuilder().implicit(1, {2}).implicit(2, {1}).function(3, {1}).references();
  EXPECT_THAT(references.reach({2}).counted, ElementsAre(3));
}

TEST(References, WithoutACounterInOneUnitGoOnToItsUsersAsWell) {
  const References references = ProgramBuilder()
                                    .function(1)
                                    .function(2, {1})
                                    .next_unit()
                                    .add({.id = 1, .counted = false})
                                    .references();
  EXPECT_THAT(references.reach({1}).counted, ElementsAre(1, 2));
}

TEST(References, MeetStartUpInDynamicInitialisers) {
  const References references =
      ProgramBuilder().implicit(1).variable(2, {1}, true).function(3, {2}).references();
  const Reach reach = references.reach({1});
  EXPECT_TRUE(reach.at_start_up);
  EXPECT_FALSE(references.reach({3}).at_start_up);
}

TEST(References, MeetStartUpInInitialisersThatNobodyRefersTo) {
  const References references = ProgramBuilder().implicit(1).implicit(2, {1}).references();
  EXPECT_TRUE(references.reach({1}).at_start_up);
}

TEST(References, TellWhoUsesASymbolWithItsOwnCounterLeftOut) {
  const References references = ProgramBuilder()
                                    .function(1)
                                    .function(2, {1})
                                    .vtable(3, {1})
                                    .function(4, {3})
                                    .type("Shape", {3})
                                    .references();
  EXPECT_THAT(references.users({1}, References::Way::Code).counted, ElementsAre(2));
  EXPECT_THAT(references.users({1}, References::Way::All).counted, ElementsAre(2, 4));
  EXPECT_THAT(references.vtables_of("Shape"), ElementsAre(3));
  EXPECT_THAT(references.vtables_of("Figure"), IsEmpty());
}

}  // namespace
}  // namespace noderig::impact
