#include <fmt/format.h>
#include <noderig/framework/chain/chain_plan.h>
#include <stdexcept>

namespace noderig {
namespace {

// The bulk script's size with which a block comes closest to `block_bytes` from below, when it has
// `empty_bytes` with a bulk output of an empty script.
std::size_t bulk_for(std::size_t block_bytes, std::size_t empty_bytes) {
  std::size_t bulk = block_bytes - empty_bytes;
  // The script's length is written in more bytes when the script is longer.
  const std::size_t empty_length = p2p::compact_size_length(0);
  while (bulk > 0 &&
         empty_bytes - empty_length + p2p::compact_size_length(bulk) + bulk > block_bytes) {
    --bulk;
  }
  return bulk;
}

}  // namespace

p2p::Block PlannedBlock::build() const {
  p2p::Block block{.header = header, .transactions = {}};
  block.transactions.push_back(coinbase(height, regtest::subsidy(height), script, tag));
  if (bulk > 0) block.transactions.front().outputs.push_back(bulk_output(bulk));
  return block;
}

ChainPlan::ChainPlan(ChainOptions options) : options_(std::move(options)) {}

const Uint256& ChainPlan::tip() const {
  return blocks_.empty() ? regtest::genesis_hash() : blocks_.back().hash;
}

std::chrono::sys_seconds ChainPlan::tip_time() const {
  if (blocks_.empty()) return regtest::kEpoch;
  return std::chrono::sys_seconds(std::chrono::seconds(blocks_.back().header.time));
}

ChainPlan& ChainPlan::extend(int count, std::size_t block_bytes) {
  for (int i = 0; i < count; ++i) {
    PlannedBlock next{.height = height() + 1, .script = options_.script, .tag = options_.tag};
    BlockPlan plan{.previous = tip(),
                   .height = next.height,
                   .time = tip_time() + options_.spacing,
                   .script = options_.script,
                   .tag = options_.tag};
    if (block_bytes > 0) {
      plan.extra_outputs = {p2p::TxOut{}};
      const std::size_t empty_bytes = build_block(plan).total_size();
      if (block_bytes <= empty_bytes) {
        throw std::invalid_argument(fmt::format(
            "a block with filling has more than {} bytes, not {}", empty_bytes, block_bytes));
      }
      next.bulk = bulk_for(block_bytes, empty_bytes);
      plan.extra_outputs.front() = bulk_output(next.bulk);
    }
    p2p::Block block = build_block(std::move(plan));
    next.hash = solve(block);
    next.header = block.header;
    blocks_.push_back(std::move(next));
  }
  return *this;
}

ChainPlan ChainPlan::fork_at(int height, std::string tag) const {
  if (height < 0 || height > this->height()) {
    throw std::out_of_range(fmt::format("no block at height {} to fork at", height));
  }
  ChainPlan fork(options_);
  fork.options_.tag = std::move(tag);
  fork.blocks_.assign(blocks_.begin(), blocks_.begin() + height);
  return fork;
}

const PlannedBlock& ChainPlan::at(int height) const {
  if (height < 1 || height > this->height()) {
    throw std::out_of_range(fmt::format("no block planned at height {}", height));
  }
  return blocks_[static_cast<std::size_t>(height - 1)];
}

std::span<const PlannedBlock> ChainPlan::after(int height) const {
  if (height < 0 || height > this->height()) {
    throw std::out_of_range(fmt::format("no block planned at height {}", height));
  }
  return blocks().subspan(static_cast<std::size_t>(height));
}

}  // namespace noderig
