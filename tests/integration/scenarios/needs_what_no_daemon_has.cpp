// Is skipped everywhere.
#include <noderig/scenario.h>

NODERIG_SCENARIO(needs_what_no_daemon_has, .summary = "needs a method that no daemon offers",
    .needs = {"rpc:nosuchmethod"}) {
  assert_true(false);
}
