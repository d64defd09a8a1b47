// A block file is overwritten under a node that goes on as if nothing had happened.
#include <noderig/scenario.h>
#include <fstream>

NODERIG_SCENARIO(corrupts_a_block_file, .summary = "a block on disk is no longer what it was") {
  Node& node = rig.node(0);
  node.mine(3);
  std::fstream file(node.network_directory() / "blocks" / "blk00000.dat",
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(400);  // in the first block after the genesis block
  file << "what was never mined";
  file.close();
  assert_equal(node.height(), 3);
}
