// Linked nodes end sub-tests at different tips. Their links go with the sub-tests; all but the
// first let no blocks through.
#include <noderig/scenario.h>

NODERIG_SCENARIO(links_in_subtests, .summary = "linked nodes end sub-tests at different tips",
    .nodes = 2, .timeout = 300s, .subtests = {"apart", "partitioned", "losing", "cut"}) {
  auto& [n0, n1] = rig.nodes<2>();

  rig.subtest("apart", [&] {
    rig.link(n0, n1);
    const auto mined = n0.mine(2);
    rig.sync_blocks({n0, n1});
    n1.rpc("invalidateblock", mined.back());
    assert_equal(n1.tip(), mined.front());
  });

  rig.subtest("partitioned", [&] {
    rig.link(n0, n1).partition();
    assert_not_equal(n0.mine(1).back(), n1.tip());
  });

  rig.subtest("losing", [&] {
    rig.link(n0, n1).set_faults({.lose = 1});
    assert_not_equal(n0.mine(1).back(), n1.tip());
  });

  rig.subtest("cut", [&] {
    rig.link(n0, n1).cut();
    n0.wait_until([&] { return n0.rpc("getpeerinfo").empty(); }, "it has lost the link");
    assert_not_equal(n0.mine(1).back(), n1.tip());
  });
}
