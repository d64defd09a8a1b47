// Computes for ever: no wait that could be ended.
#include <noderig/scenario.h>
#include <atomic>

NODERIG_SCENARIO(never_returns, .summary = "computes for ever", .timeout = 30s) {
  assert_equal(rig.node(0).height(), 0);
  rig.step("turn in circles");
  for (std::atomic<unsigned> turns = 0;; ++turns) {
  }
}
