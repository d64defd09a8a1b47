// Two sub-tests fail, one after the other.
#include <noderig/scenario.h>

NODERIG_SCENARIO(two_subtests_fail, .summary = "two of two sub-tests fail",
    .subtests = {"first", "second"}) {
  rig.subtest("first", [&] { assert_equal(rig.node(0).height(), 12345); });
  rig.subtest("second", [&] { assert_equal(rig.node(0).height(), 54321); });
}
