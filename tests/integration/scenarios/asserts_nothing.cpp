// Does much and checks nothing.
#include <noderig/scenario.h>

NODERIG_SCENARIO(asserts_nothing, .summary = "checks nothing",
    .likelihood = Likelihood::Possible, .impact = Impact::Moderate) {
  rig.node(0).height();
}
