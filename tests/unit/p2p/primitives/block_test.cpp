#include "known_blocks.h"

#include <gtest/gtest.h>
#include <noderig/p2p/primitives/block.h>
#include <noderig/p2p/primitives/pow.h>

#include <algorithm>

namespace noderig::p2p {
namespace {

Block block_from(std::string_view hex) {
  return decode_as<Block>(bytes_from_hex(hex)).value();
}

const test::KnownBlock& at_height(int height) {
  for (const auto& known : test::known_blocks()) {
    if (known.height == height) return known;
  }
  throw std::out_of_range("no known block");
}

// What the output with the mark of BIP141 in a coinbase commits to.
std::optional<Uint256> commitment_of(const Transaction& coinbase) {
  const Bytes mark = bytes_from_hex("6a24aa21a9ed");
  for (const TxOut& output : coinbase.outputs) {
    const ByteSpan script = output.script_pubkey;
    if (script.size() < 38 || !std::ranges::equal(script.first(6), mark)) continue;
    Uint256 hash;
    std::ranges::copy(script.subspan(6, 32), hash.wire().begin());
    return hash;
  }
  return std::nullopt;
}

TEST(Block, RealBlocksGoBothWays) {
  for (const auto& known : test::known_blocks()) {
    const Block block = block_from(known.hex);
    EXPECT_EQ(block.hash().to_string(), known.hash);
    EXPECT_EQ(block.merkle_root(), block.header.merkle_root) << known.height;
    EXPECT_TRUE(meets_target(block.hash(), block.header.bits)) << known.height;
    EXPECT_EQ(to_hex(encode_of(block)), known.hex);
    EXPECT_EQ(block.total_size(), known.hex.size() / 2);
    EXPECT_TRUE(block.transactions.at(0).is_coinbase());
  }
}

TEST(Block, WitnessCommitment) {
  for (const Block& block : {block_from(at_height(1263442).hex), block_from(test::kRegtestBlock)}) {
    const auto& reserved = block.transactions.at(0).inputs.at(0).witness.at(0);
    ASSERT_EQ(reserved, Bytes(32));
    EXPECT_EQ(block.witness_commitment(), commitment_of(block.transactions[0]));
    EXPECT_NE(block.witness_commitment(Uint256::from_hex(std::string(64, '1'))),
              block.witness_commitment());
  }
}

TEST(Block, WithoutWitness) {
  const Block block = block_from(at_height(1263442).hex);
  Writer writer;
  block.encode_without_witness(writer);
  EXPECT_EQ(writer.size(), block.stripped_size());
  EXPECT_LT(block.stripped_size(), block.total_size());
  EXPECT_EQ(block.weight(), 3 * writer.size() + encode_of(block).size());
  const Block stripped = decode_as<Block>(writer.written()).value();
  EXPECT_EQ(stripped.hash(), block.hash());
  EXPECT_EQ(stripped.merkle_root(), block.merkle_root());
  EXPECT_NE(stripped.witness_merkle_root(), block.witness_merkle_root());
}

TEST(Block, MainChainGenesis) {
  BlockHeader header;
  header.version = 1;
  header.merkle_root =
      Uint256::from_hex("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b");
  header.time = 1231006505;
  header.bits = 0x1d00ffff;
  header.nonce = 2083236893;
  EXPECT_EQ(header.hash().to_string(),
            "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
  EXPECT_EQ(encode_of(header).size(), BlockHeader::kSize);
  EXPECT_EQ(decode_as<BlockHeader>(encode_of(header)).value(), header);
  // All Bitcoin networks begin with one coinbase.
  EXPECT_EQ(block_from(at_height(0).hex).merkle_root(), header.merkle_root);
}

TEST(Block, ReportsOffsetsFromItsOwnStart) {
  std::string hex(at_height(0).hex);
  // The first transaction begins behind the header and the count.
  hex.replace(2 * (81 + 4), 4, "0002");
  const auto decoded = decode_as<Block>(bytes_from_hex(hex));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().fault, DecodeFault::Malformed);
  EXPECT_EQ(decoded.error().offset, 81u + 5u);
}

TEST(Block, EmptyHasZeroRoots) {
  EXPECT_TRUE(Block().merkle_root().is_zero());
  EXPECT_TRUE(Block().witness_merkle_root().is_zero());
  EXPECT_EQ(encode_of(Block()).size(), Block().total_size());
}

}  // namespace
}  // namespace noderig::p2p
