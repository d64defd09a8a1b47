// The same as tips_apart, with nodes that are connected by a link.
#include <noderig/scenario.h>

NODERIG_SCENARIO(tips_apart_by_link, .summary = "linked nodes end at different tips", .nodes = 2,
    .timeout = 300s) {
  auto& [n0, n1] = rig.nodes<2>();
  rig.link(n0, n1, {.delay = 1ms});
  const auto mined = n0.mine(2);
  rig.sync_blocks({n0, n1});
  n1.rpc("invalidateblock", mined.back());
  assert_equal(n1.tip(), mined.front());
}
