// Switches off an oracle that there is not.
#include <noderig/scenario.h>

NODERIG_SCENARIO(without_unknown_oracle, .summary = "a misspelled oracle",
    .without = {{"verifychian", "a slip"}}) {
  assert_equal(rig.node(0).height(), 0);
}
