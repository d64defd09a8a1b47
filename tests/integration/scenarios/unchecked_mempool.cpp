// Its node does not check its mempool.
#include <noderig/scenario.h>

NODERIG_SCENARIO(unchecked_mempool, .summary = "a mempool goes unchecked",
    .args = {"-checkmempool=0"}) {
  assert_equal(rig.node(0).height(), 0);
}
