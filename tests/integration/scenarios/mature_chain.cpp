// Begins with the stored chain, whose coins its wallet can spend at once.
#include <noderig/scenario.h>

NODERIG_SCENARIO(mature_chain, .summary = "nodes begin with a stored chain", .nodes = 2,
    .chain = Chain::Mature) {
  auto& [n0, n1] = rig.nodes<2>();
  assert_equal(n0.height(), n1.height(), kMatureBlocks);
  assert_equal(n0.tip(), n1.tip());
  RigWallet wallet(n0);
  assert_equal(wallet.coins().size(), 11u);
  wallet.send();
  const BuiltBlock block = n0.mine_mempool();
  assert_equal(block.block().transactions.size(), 2u);
  n0.restart();
  assert_equal(n0.height(), kMatureBlocks + 1);
}
