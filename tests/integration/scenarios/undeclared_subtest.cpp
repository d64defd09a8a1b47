// Its metadata lacks the sub-test that it runs.
#include <noderig/scenario.h>

NODERIG_SCENARIO(undeclared_subtest, .summary = "runs a sub-test that it does not declare",
    .subtests = {"declared"}) {
  rig.subtest("declared", [] { assert_true(true); });
  rig.subtest("stowaway", [] { assert_true(true); });
}
