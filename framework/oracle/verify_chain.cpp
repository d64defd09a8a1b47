#include <fmt/format.h>
#include <noderig/framework/oracle/oracle.h>
#include <algorithm>

namespace noderig {
namespace {

// About how many bytes of blocks are verified at most: level 4 reads each block twice, its undo
// data too, and connects it again, which takes seconds a gigabyte. A few thousand blocks as
// scenarios mine them are far below.
constexpr std::int64_t kMostBytes = 64'000'000;
constexpr std::chrono::minutes kVerifyPatience{2};

// How many blocks from the tip down; 0: all.
int depth_for(const Json& info) {
  const int height = info.at("blocks").get<int>();
  int depth = 0;
  // A pruned node has no data below that height.
  if (info.value("pruned", false)) {
    depth = std::max(1, height - info.value("pruneheight", 0) + 1);
  }
  const auto bytes = info.value("size_on_disk", std::int64_t{0});
  if (bytes > kMostBytes) {
    const int blocks = depth == 0 ? height : depth;
    depth = std::max(1, static_cast<int>(blocks * kMostBytes / bytes));
  }
  return depth;
}

std::vector<std::string> examine_chain(const Node& node) {
  const int depth = depth_for(node.rpc("getblockchaininfo"));
  const Json answer =
      node.rpc.call_with_timeout(kVerifyPatience, "verifychain", Json::array({4, depth}));
  if (answer == true) return {};
  return {fmt::format("{} answers {} to verifychain 4 {}, true was expected", node.name(),
                      answer.dump(), depth)};
}

}  // namespace

const Oracle kVerifyChainOracle = {
    .name = "verifychain",
    .demand = "blocks, undo data and coins of the chain agree, as far as the node has data",
    .needs = {"verifychain-answers", "rpc:getblockchaininfo"},
    .of_running = examine_chain,
};

}  // namespace noderig
