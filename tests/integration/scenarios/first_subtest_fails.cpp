// One sub-test fails, the next one still runs, on nodes of its own and those of the scenario.
#include <noderig/scenario.h>

NODERIG_SCENARIO(first_subtest_fails, .summary = "one of two sub-tests fails",
    .subtests = {"broken", "sound"}) {
  rig.subtest("broken", [&] {
    rig.add_node().start();
    rig.step("ask a node of its own");
    assert_equal(rig.node(1).height(), 12345);
  });
  rig.subtest("sound", [&] {
    assert_equal(rig.node_count(), 1);
    assert_equal(rig.node(0).height(), 0);
  });
}
