// Two connected nodes end at different tips: one has been told that the other's is invalid.
#include <noderig/scenario.h>

NODERIG_SCENARIO(tips_apart, .summary = "connected nodes end at different tips", .nodes = 2,
    .timeout = 300s) {
  auto& [n0, n1] = rig.nodes<2>();
  rig.connect_nodes(n0, n1);
  const auto mined = n0.mine(2);
  rig.sync_blocks({n0, n1});
  n1.rpc("invalidateblock", mined.back());
  assert_equal(n1.tip(), mined.front());
}
