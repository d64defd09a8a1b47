// Expects a refusal that does not come.
#include <noderig/scenario.h>

NODERIG_SCENARIO(start_not_refused, .summary = "good options are expected to be refused",
    .start = Start::Manual) {
  rig.node(0).assert_start_fails({"-maxconnections=8"}, "Invalid parameter");
}
