// Chains that are too large to keep: a plan remembers a block by its header and by what its
// coinbase is made from, and the block is built from that when it is needed, the same each time. A
// plan of 1500 blocks of 1 MB takes half a megabyte. Value types; any thread, one at a time.
#pragma once

#include <noderig/framework/chain/block_builder.h>
#include <noderig/p2p/primitives/block.h>
#include <noderig/p2p/primitives/script.h>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace noderig {

struct PlannedBlock {
  int height = 0;
  Uint256 hash{};
  p2p::BlockHeader header{};
  p2p::Script script{};  // what the coinbase pays to
  std::string tag{};     // see BlockPlan::tag
  std::size_t bulk = 0;  // size of the script of a bulk output in the coinbase; 0: no such output

  // The whole block, built now.
  p2p::Block build() const;
};

class ChainPlan {
 public:
  // Starts at the genesis block.
  explicit ChainPlan(ChainOptions options = {});

  // Plans `count` further blocks of `block_bytes` bytes on the wire each, filled by a bulk output;
  // of their natural size when that is 0. Where no script makes exactly that size, one or two bytes
  // fewer. Throws std::invalid_argument for a size below that of a block with an empty filling.
  ChainPlan& extend(int count, std::size_t block_bytes = 0);

  // A plan that shares the blocks up to `height` with this one and continues from there. Give it a
  // tag of its own, or it plans the same blocks again. Throws std::out_of_range when the height is
  // above the tip.
  ChainPlan fork_at(int height, std::string tag) const;

  int height() const { return static_cast<int>(blocks_.size()); }
  const Uint256& tip() const;
  std::chrono::sys_seconds tip_time() const;

  // The block at `height`, 1 or higher. Throws std::out_of_range above the tip.
  const PlannedBlock& at(int height) const;

  // All blocks in order, without the genesis block. Valid until the plan is extended.
  std::span<const PlannedBlock> blocks() const { return blocks_; }

  // Those above `height`.
  std::span<const PlannedBlock> after(int height) const;

  // For the blocks planned from now on.
  ChainOptions& options() { return options_; }

 private:
  ChainOptions options_;
  std::vector<PlannedBlock> blocks_;
};

}  // namespace noderig
