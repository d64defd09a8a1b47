// Its node does not start.
#include <noderig/scenario.h>

NODERIG_SCENARIO(bad_argument, .summary = "a node is given an option that it does not know",
    .args = {"-nosuchoption"}) {
  assert_equal(rig.node(0).height(), 0);
}
