// Whatever an input is cut down to or changed into, decoding ends with a value or a placed fault.
#include "known_blocks.h"

#include <gtest/gtest.h>
#include <noderig/p2p/primitives/compact_block.h>
#include <noderig/p2p/primitives/gcs_filter.h>
#include <noderig/p2p/primitives/merkle.h>

namespace noderig::p2p {
namespace {

template <typename T>
void expect_every_prefix_fails(const Bytes& whole) {
  ASSERT_TRUE(decode_as<T>(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // A copy of its own, so that a memory checker sees a read past the end.
    const Bytes prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto decoded = decode_as<T>(prefix);
    ASSERT_FALSE(decoded) << size;
    ASSERT_LE(decoded.error().offset, size);
  }
}

// Each byte in turn becomes a value that compact sizes and flags turn on.
template <typename T>
void expect_changes_survive(Bytes bytes) {
  for (std::byte& at : bytes) {
    const std::byte before = at;
    for (const int value : {0x00, 0x01, 0x02, 0x7f, 0xfc, 0xfd, 0xfe, 0xff}) {
      at = static_cast<std::byte>(value);
      const auto decoded = decode_as<T>(bytes);
      if (decoded) {
        // What was taken is written back the same: there is one spelling of each value.
        ASSERT_EQ(encode_of(*decoded), bytes);
      } else {
        ASSERT_LE(decoded.error().offset, bytes.size());
      }
    }
    at = before;
  }
}

PartialMerkleTree tree() {
  std::vector<Uint256> txids;
  for (const std::string_view text : {"a", "b", "c", "d", "e"}) {
    txids.push_back(sha256(as_byte_span(text)));
  }
  return PartialMerkleTree::build(txids, {true, false, false, true, false});
}

Block witness_block() {
  return decode_as<Block>(bytes_from_hex(test::kRegtestBlock)).value();
}

TEST(Truncation, Blocks) {
  for (const auto& known : test::known_blocks()) {
    expect_every_prefix_fails<Block>(bytes_from_hex(known.hex));
  }
  expect_every_prefix_fails<Block>(bytes_from_hex(test::kRegtestBlock));
}

TEST(Truncation, Parts) {
  const Block block = witness_block();
  expect_every_prefix_fails<BlockHeader>(encode_of(block.header));
  for (const Transaction& tx : block.transactions) {
    expect_every_prefix_fails<Transaction>(encode_of(tx));
    expect_every_prefix_fails<OutPoint>(encode_of(tx.inputs[0].prevout));
    expect_every_prefix_fails<TxOut>(encode_of(tx.outputs[0]));
    expect_every_prefix_fails<Script>(encode_of(tx.outputs[0].script_pubkey));
  }
}

TEST(Truncation, CompactBlocksAndTrees) {
  expect_every_prefix_fails<CompactBlock>(bytes_from_hex(test::kRegtestCompactBlock));
  expect_every_prefix_fails<PartialMerkleTree>(encode_of(tree()));
}

TEST(Truncation, Filters) {
  for (const auto& known : test::known_blocks()) {
    const Bytes whole = bytes_from_hex(known.filter);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto decoded = GcsFilter::decode({}, ByteSpan(whole).first(size));
      ASSERT_FALSE(decoded) << known.height << " " << size;
      ASSERT_LE(decoded.error().offset, size);
    }
  }
}

TEST(Mutation, PrimitivesSurviveChangedBytes) {
  expect_changes_survive<Block>(bytes_from_hex(test::kRegtestBlock));
  expect_changes_survive<CompactBlock>(bytes_from_hex(test::kRegtestCompactBlock));
  expect_changes_survive<PartialMerkleTree>(encode_of(tree()));
}

TEST(Truncation, HugeCountsAllocateNothing) {
  const std::string huge = "feffffffff";
  const std::string within_limit = "feffffff01";  // 33,554,431: below what any message may count
  for (const std::string& count : {huge, within_limit}) {
    const Bytes bytes = bytes_from_hex(std::string(160, '0') + count + std::string(40, '0'));
    Reader block_reader(bytes);
    const Block block = Block::decode(block_reader);
    ASSERT_FALSE(block_reader.ok());
    EXPECT_EQ(block_reader.error()->fault, DecodeFault::Oversized);
    EXPECT_EQ(block_reader.error()->offset, 80u);
    EXPECT_EQ(block.transactions.capacity(), 0u);

    const Bytes tree_bytes = bytes_from_hex("05000000" + count + std::string(40, '0'));
    Reader tree_reader(tree_bytes);
    EXPECT_EQ(PartialMerkleTree::decode(tree_reader).hashes.capacity(), 0u);
    EXPECT_EQ(tree_reader.error()->fault, DecodeFault::Oversized);

    const Bytes compact_bytes =
        bytes_from_hex(std::string(176, '0') + count + std::string(40, '0'));
    Reader compact_reader(compact_bytes);
    EXPECT_EQ(CompactBlock::decode(compact_reader).short_ids.capacity(), 0u);
    EXPECT_EQ(compact_reader.error()->fault, DecodeFault::Oversized);
  }
}

}  // namespace
}  // namespace noderig::p2p
