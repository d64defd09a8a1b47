// Passes; shows a random number as a step.
#include <noderig/scenario.h>

NODERIG_SCENARIO(passes, .summary = "a sound scenario", .tags = {"example"},
    .likelihood = Likelihood::Possible, .impact = Impact::Moderate) {
  rig.step(fmt::format("drew {}", rig.random()()));
  assert_equal(rig.node(0).height(), 0);
}
