// The body throws after a check that held.
#include <noderig/scenario.h>

NODERIG_SCENARIO(throws, .summary = "an exception leaves the body",
    .likelihood = Likelihood::Possible, .impact = Impact::Moderate) {
  assert_equal(rig.node(0).height(), 0);
  rig.step("open the door");
  throw std::runtime_error("the door is locked");
}
