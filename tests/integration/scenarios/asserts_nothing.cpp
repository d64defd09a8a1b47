// Does much and checks nothing.
#include <noderig/scenario.h>

NODERIG_SCENARIO(asserts_nothing, .summary = "checks nothing") {
  rig.node(0).height();
}
