#include <noderig/framework/chain/block_builder.h>
#include <noderig/p2p/primitives/hash.h>
#include <noderig/p2p/primitives/pow.h>
#include <noderig/p2p/primitives/serialize.h>
#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace noderig {
namespace {

std::uint32_t wire_time(std::chrono::sys_seconds time) {
  return static_cast<std::uint32_t>(time.time_since_epoch().count());
}

}  // namespace

p2p::Script anyone_can_spend() {
  p2p::Script script;
  script.push_op(p2p::Op::True);
  return script;
}

p2p::Transaction coinbase(int height, Amount value, const p2p::Script& script,
                          std::string_view tag) {
  p2p::Transaction transaction;
  auto& input = transaction.inputs.emplace_back();
  input.prevout = p2p::OutPoint::null();
  input.script_sig = p2p::bip34_height(height);
  input.script_sig.push(as_byte_span(tag));
  transaction.outputs.push_back({.value = value, .script_pubkey = script});
  return transaction;
}

p2p::TxOut bulk_output(std::size_t script_bytes) {
  if (script_bytes == 0) throw std::invalid_argument("a bulk output has at least one byte");
  Bytes script(script_bytes, static_cast<std::byte>(p2p::Op::Nop));
  script.front() = static_cast<std::byte>(p2p::Op::Return);
  constexpr std::size_t kPushed = 6;  // where the data of the one push begins
  if (script_bytes >= kPushed) {
    script[1] = static_cast<std::byte>(p2p::Op::PushData4);
    const auto size = static_cast<std::uint32_t>(script_bytes - kPushed);
    std::memcpy(script.data() + 2, &size, sizeof size);
  }
  return {.value = Amount(), .script_pubkey = p2p::Script(script)};
}

void add_witness_commitment(p2p::Block& block) {
  auto& generation = block.transactions.at(0);
  const Uint256 reserved;
  generation.inputs.at(0).witness = {Bytes(reserved.wire().begin(), reserved.wire().end())};

  static const Bytes kMark = bytes_from_hex("aa21a9ed");
  Bytes data = kMark;
  const Uint256 commitment = block.witness_commitment(reserved);
  data.insert(data.end(), commitment.wire().begin(), commitment.wire().end());
  p2p::Script script;
  script.push_op(p2p::Op::Return).push(data);
  generation.outputs.push_back({.value = Amount(), .script_pubkey = std::move(script)});
}

void update_merkle_root(p2p::Block& block) {
  block.header.merkle_root = block.merkle_root();
}

p2p::Block build_block(BlockPlan plan) {
  p2p::Block block;
  block.header.version = plan.version;
  block.header.previous = plan.previous;
  block.header.time = wire_time(plan.time);
  block.header.bits = plan.bits;

  block.transactions.reserve(1 + plan.transactions.size());
  block.transactions.push_back(
      coinbase(plan.height, regtest::subsidy(plan.height) + plan.fees, plan.script, plan.tag));
  std::ranges::move(plan.extra_outputs, std::back_inserter(block.transactions[0].outputs));
  std::ranges::move(plan.transactions, std::back_inserter(block.transactions));
  if (std::ranges::any_of(block.transactions, &p2p::Transaction::has_witness)) {
    add_witness_commitment(block);
  }
  update_merkle_root(block);
  return block;
}

Uint256 solve(p2p::BlockHeader& header) {
  const auto target = p2p::target_from_bits(header.bits);
  if (!target) throw std::invalid_argument("the bits encode no target");

  header.nonce = 0;
  p2p::Writer writer(p2p::BlockHeader::kSize);
  header.encode(writer);
  Bytes encoded = writer.take();
  std::byte* const nonce_at = encoded.data() + p2p::BlockHeader::kSize - sizeof header.nonce;
  do {
    std::memcpy(nonce_at, &header.nonce, sizeof header.nonce);
    const Uint256 hash = p2p::sha256d(encoded);
    if (hash <= *target) return hash;
  } while (++header.nonce != 0);
  throw std::invalid_argument("no nonce meets the target");
}

Uint256 solve(p2p::Block& block) {
  return solve(block.header);
}

Bytes BuiltBlock::encoded() const {
  return p2p::encode_of(*block_);
}

ChainBuilder::ChainBuilder(ChainOptions options)
    : ChainBuilder(regtest::genesis_hash(), 0, regtest::kEpoch, std::move(options)) {}

ChainBuilder::ChainBuilder(const Uint256& tip_hash, int height, std::chrono::sys_seconds tip_time,
                           ChainOptions options)
    : base_{tip_hash, height, tip_time}, options_(std::move(options)), tip_time_(tip_time) {}

BuiltBlock ChainBuilder::mine(BlockContent content) {
  const auto time = content.time.value_or(tip_time_ + options_.spacing);
  p2p::Block block = build_block({
      .previous = tip(),
      .height = height() + 1,
      .time = time,
      .script = content.script.value_or(options_.script),
      .tag = options_.tag,
      .transactions = std::move(content.transactions),
      .fees = content.fees,
      .extra_outputs = std::move(content.extra_outputs),
  });
  const Uint256 hash = solve(block);
  blocks_.emplace_back(height() + 1, hash, std::move(block));
  tip_time_ = time;
  return blocks_.back();
}

std::vector<BuiltBlock> ChainBuilder::mine(int count) {
  if (count < 1) throw std::invalid_argument("mine at least one block");
  blocks_.reserve(std::max(blocks_.capacity(), blocks_.size() + static_cast<std::size_t>(count)));
  for (int i = 0; i < count; ++i) mine(BlockContent{});
  return {blocks_.end() - count, blocks_.end()};
}

ChainBuilder ChainBuilder::fork_at(int height, std::string tag) const {
  if (height < base_.height || height > this->height()) {
    throw std::out_of_range("no block at height " + std::to_string(height) + " to fork at");
  }
  ChainBuilder fork(*this);
  fork.blocks_.erase(fork.blocks_.begin() + (height - base_.height), fork.blocks_.end());
  fork.tip_time_ = fork.blocks_.empty() ? base_.time : fork.blocks_.back().time();
  fork.options_.tag = std::move(tag);
  return fork;
}

const BuiltBlock& ChainBuilder::at(int height) const {
  if (height <= base_.height || height > this->height()) {
    throw std::out_of_range("no block built at height " + std::to_string(height));
  }
  return blocks_[static_cast<std::size_t>(height - base_.height - 1)];
}

std::vector<p2p::BlockHeader> ChainBuilder::headers() const {
  std::vector<p2p::BlockHeader> headers;
  headers.reserve(blocks_.size());
  for (const auto& block : blocks_) headers.push_back(block.header());
  return headers;
}

}  // namespace noderig
