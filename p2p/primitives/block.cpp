#include <noderig/p2p/primitives/block.h>
#include <noderig/p2p/primitives/merkle.h>

namespace noderig::p2p {
namespace {

// Bytes of a block around its transactions.
std::size_t frame_size(const Block& block) {
  return BlockHeader::kSize + compact_size_length(block.transactions.size());
}

}  // namespace

void BlockHeader::encode(Writer& writer) const {
  writer.integer(version)
      .uint256(previous)
      .uint256(merkle_root)
      .integer(time)
      .integer(bits)
      .integer(nonce);
}

BlockHeader BlockHeader::decode(Reader& reader) {
  BlockHeader header;
  header.version = reader.integer<std::int32_t>("block version");
  header.previous = reader.uint256("previous block");
  header.merkle_root = reader.uint256("merkle root");
  header.time = reader.integer<std::uint32_t>("time");
  header.bits = reader.integer<std::uint32_t>("bits");
  header.nonce = reader.integer<std::uint32_t>("nonce");
  return header;
}

Uint256 BlockHeader::hash() const {
  Writer writer(kSize);
  encode(writer);
  return sha256d(writer.written());
}

void Block::encode(Writer& writer) const {
  header.encode(writer);
  writer.compact_size(transactions.size());
  for (const Transaction& tx : transactions) tx.encode(writer);
}

void Block::encode_without_witness(Writer& writer) const {
  header.encode(writer);
  writer.compact_size(transactions.size());
  for (const Transaction& tx : transactions) tx.encode_without_witness(writer);
}

Block Block::decode(Reader& reader) {
  Block block;
  block.header = BlockHeader::decode(reader);
  const std::size_t count = reader.count("transaction count", Transaction::kMinSize);
  block.transactions.reserve(count);
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    block.transactions.push_back(Transaction::decode(reader));
  }
  return block;
}

Uint256 Block::merkle_root() const {
  std::vector<Uint256> txids;
  txids.reserve(transactions.size());
  for (const Transaction& tx : transactions) txids.push_back(tx.txid());
  return p2p::merkle_root(std::move(txids));
}

Uint256 Block::witness_merkle_root() const {
  std::vector<Uint256> wtxids;
  wtxids.reserve(transactions.size());
  for (const Transaction& tx : transactions) {
    // The coinbase cannot commit to itself.
    wtxids.push_back(wtxids.empty() ? Uint256() : tx.wtxid());
  }
  return p2p::merkle_root(std::move(wtxids));
}

Uint256 Block::witness_commitment(const Uint256& reserved_value) const {
  return sha256d(witness_merkle_root(), reserved_value);
}

std::size_t Block::stripped_size() const {
  std::size_t size = frame_size(*this);
  for (const Transaction& tx : transactions) size += tx.stripped_size();
  return size;
}

std::size_t Block::total_size() const {
  std::size_t size = frame_size(*this);
  for (const Transaction& tx : transactions) size += tx.total_size();
  return size;
}

}  // namespace noderig::p2p
