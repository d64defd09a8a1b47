// Builds and solves regtest blocks: single ones from a plan, whole chains with ChainBuilder.
//
// Everything is deterministic: the same calls give the same hashes. Two builders that mine to one
// script at one time still build different blocks when their tags differ. Nothing is validated:
// what a plan asks for is built, right or wrong, since wrong blocks are what tests need. Free
// functions may be called from any thread; a ChainBuilder belongs to one thread at a time.
#pragma once

#include <noderig/framework/chain/regtest.h>
#include <noderig/p2p/primitives/block.h>
#include <noderig/p2p/primitives/script.h>
#include <noderig/p2p/primitives/transaction.h>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

// OP_TRUE: an output that anyone may spend without a signature.
p2p::Script anyone_can_spend();

// A coinbase that pays `value` to `script`. Its input script is the BIP34 height, then `tag` as a
// push, so it is never shorter than the two bytes that consensus asks for.
p2p::Transaction coinbase(int height, Amount value, const p2p::Script& script,
                          std::string_view tag = {});

// An output without value whose script has `script_bytes` bytes, at least one: OP_RETURN, then
// filling. Makes large blocks without many transactions. The filling is one push where it fits:
// nodes walk through scripts instruction by instruction, twice a block.
p2p::TxOut bulk_output(std::size_t script_bytes);

// What a block is built from.
struct BlockPlan {
  Uint256 previous{};
  int height = 1;
  std::chrono::sys_seconds time = regtest::kEpoch;
  std::int32_t version = regtest::kBlockVersion;
  std::uint32_t bits = regtest::kBits;
  p2p::Script script = anyone_can_spend();       // what the coinbase pays to
  std::string tag{};                             // tells this miner's coinbases from others'
  std::vector<p2p::Transaction> transactions{};  // after the coinbase
  Amount fees{};                                 // of `transactions`; the coinbase takes them
  std::vector<p2p::TxOut> extra_outputs{};       // more outputs of the coinbase
};

// The block with coinbase and merkle root, and with a witness commitment (BIP141) when one of its
// transactions has a witness. Not solved.
p2p::Block build_block(BlockPlan plan);

// Gives the coinbase its reserved witness value and an output that commits to the witnesses of the
// other transactions. The merkle root is stale afterwards. Throws std::out_of_range for a block
// without a coinbase.
void add_witness_commitment(p2p::Block& block);

// Sets the merkle root again after the transactions were changed.
void update_merkle_root(p2p::Block& block);

// Finds a nonce, from 0 upwards, with which the header meets its own target, and returns the hash.
// Meant for regtest's target: about two tries. Throws std::invalid_argument when the bits encode no
// target or no nonce meets it.
Uint256 solve(p2p::BlockHeader& header);
Uint256 solve(p2p::Block& block);

// A solved block in its chain. A handle: copies are cheap and share the block.
class BuiltBlock {
 public:
  BuiltBlock(int height, const Uint256& hash, p2p::Block block)
      : height_(height),
        hash_(hash),
        block_(std::make_shared<const p2p::Block>(std::move(block))) {}

  int height() const { return height_; }
  const Uint256& hash() const { return hash_; }
  const p2p::BlockHeader& header() const { return block_->header; }
  const p2p::Block& block() const { return *block_; }
  std::chrono::sys_seconds time() const {
    return std::chrono::sys_seconds{std::chrono::seconds{header().time}};
  }
  const p2p::Transaction& coinbase() const { return block_->transactions.front(); }

  // The wire encoding with witnesses: the payload of a block message. Made on each call.
  Bytes encoded() const;

 private:
  int height_;
  Uint256 hash_;
  std::shared_ptr<const p2p::Block> block_;
};

// What one block of a chain has beside the chain's defaults.
struct BlockContent {
  std::vector<p2p::Transaction> transactions{};
  Amount fees{};
  std::optional<p2p::Script> script{};             // instead of the chain's
  std::optional<std::chrono::sys_seconds> time{};  // instead of the chain's next
  std::vector<p2p::TxOut> extra_outputs{};
};

struct ChainOptions {
  std::string tag{};                        // goes into every coinbase
  p2p::Script script = anyone_can_spend();  // what coinbases pay to
  std::chrono::seconds spacing{1};          // from one block's timestamp to the next
};

class ChainBuilder {
 public:
  // Starts at the genesis block.
  explicit ChainBuilder(ChainOptions options = {});

  // Starts at any block, such as the tip of a node; fork points before it are unknown.
  ChainBuilder(const Uint256& tip_hash, int height, std::chrono::sys_seconds tip_time,
               ChainOptions options = {});

  // Builds and solves the next block.
  BuiltBlock mine(BlockContent content = {});

  // The same `count` times, without transactions. The blocks in order.
  std::vector<BuiltBlock> mine(int count);

  // A chain that shares the blocks up to `height` with this one and continues from there. Give it a
  // tag of its own, or it builds the same blocks again. Throws std::out_of_range when the height is
  // above the tip or below where this builder started.
  ChainBuilder fork_at(int height, std::string tag) const;

  int height() const { return base_.height + static_cast<int>(blocks_.size()); }
  const Uint256& tip() const { return blocks_.empty() ? base_.hash : blocks_.back().hash(); }
  std::chrono::sys_seconds tip_time() const { return tip_time_; }

  // The block at `height`. Throws std::out_of_range for one that this chain did not build.
  const BuiltBlock& at(int height) const;

  // All built blocks in order, without the one the builder started at. Valid until more are mined.
  std::span<const BuiltBlock> blocks() const { return blocks_; }

  // The headers of blocks(), in order.
  std::vector<p2p::BlockHeader> headers() const;

  ChainOptions& options() { return options_; }

 private:
  struct Base {
    Uint256 hash;
    int height;
    std::chrono::sys_seconds time;
  };

  Base base_;
  ChainOptions options_;
  std::chrono::sys_seconds tip_time_;
  std::vector<BuiltBlock> blocks_;
};

}  // namespace noderig
