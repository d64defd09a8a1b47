// The scenario itself fails behind its first sub-test, so that the second never has its turn.
#include <noderig/scenario.h>

NODERIG_SCENARIO(ends_between_subtests, .summary = "a scenario ends before its last sub-test",
    .subtests = {"begun", "left"}) {
  rig.subtest("begun", [&] { assert_equal(rig.node(0).height(), 0); });
  assert_equal(rig.node(0).height(), 12345);
  rig.subtest("left", [] {});
}
