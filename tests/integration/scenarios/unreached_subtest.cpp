// Returns before its second sub-test.
#include <noderig/scenario.h>

NODERIG_SCENARIO(unreached_subtest, .summary = "does not come to a sub-test",
    .subtests = {"reached", "left_out"}) {
  rig.subtest("reached", [] { assert_true(true); });
}
