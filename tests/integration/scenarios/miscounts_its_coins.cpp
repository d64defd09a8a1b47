// A node whose blocks say other than its coins: on disk a block's coinbase is worth a satoshi more
// than when it was mined. What verifies blocks finds that, too, and is not asked.
#include <noderig/scenario.h>
#include <fstream>

namespace {

using namespace noderig;

// Behind the genesis block, of 285 bytes, and the heads of both records.
constexpr std::size_t kFirstBlock = 8 + 285 + 8;

}  // namespace

NODERIG_SCENARIO(miscounts_its_coins, .summary = "coins are not what the blocks leave unspent",
    .without = {{"verifychain", "the point is what the supply oracle finds by itself"}}) {
  Node& node = rig.node(0);
  const auto block = node.rpc("getblock", node.mine(1).back(), 0).get<std::string>();
  const std::size_t value = block.find("00f2052a01000000") / 2;  // 50 coins
  std::fstream file(node.network_directory() / "blocks" / "blk00000.dat",
                    std::ios::in | std::ios::out | std::ios::binary);
  const auto at = static_cast<std::streamoff>(kFirstBlock + value);
  file.seekg(at);
  // One bit, which is the same one in a file that is scrambled.
  const int byte = file.get() ^ 1;
  file.seekp(at);
  file.put(static_cast<char>(byte));
  file.close();
  assert_equal(node.height(), 1);
}
