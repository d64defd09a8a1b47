// The same as corrupts_a_block_file, with the oracle that finds it switched off.
#include <noderig/scenario.h>
#include <fstream>

NODERIG_SCENARIO(without_verifychain, .summary = "a block on disk is not what it was, knowingly",
    .without = {{"verifychain", "the point is a corrupt block file"}}) {
  Node& node = rig.node(0);
  node.mine(3);
  std::fstream file(node.network_directory() / "blocks" / "blk00000.dat",
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(400);  // in the first block after the genesis block
  file << "what was never mined";
  file.close();
  assert_equal(node.height(), 3);
}
