#include "known_blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <noderig/p2p/primitives/compact_block.h>

namespace noderig::p2p {
namespace {

using testing::ElementsAre;

// A block of `count` transactions that differ, with its right merkle root.
Block make_block(std::uint32_t count) {
  Block block;
  for (std::uint32_t i = 0; i < count; ++i) {
    Transaction tx;
    tx.lock_time = i;
    tx.inputs.push_back({.prevout = {{}, i}, .witness = {{std::byte{1}}}});
    block.transactions.push_back(tx);
  }
  block.header.merkle_root = block.merkle_root();
  return block;
}

std::string differential(std::vector<std::uint16_t> indexes) {
  Writer writer;
  encode_differential(writer, indexes);
  return to_hex(writer.written());
}

std::optional<DecodeError> differential_error(std::string_view hex) {
  const Bytes input = bytes_from_hex(hex);
  Reader reader(input);
  decode_differential(reader);
  return reader.error();
}

// BIP152's example: 0, 1, 2 as 0, 0, 0.
TEST(CompactBlock, IndexesTravelAsDifferences) {
  EXPECT_EQ(differential({}), "00");
  EXPECT_EQ(differential({0, 1, 2}), "03000000");
  EXPECT_EQ(differential({1, 5, 65535}), "030103fdf9ff");
  for (const std::vector<std::uint16_t>& indexes :
       {std::vector<std::uint16_t>{0, 1, 2}, {1, 5, 65535}, {65534, 65535}, {}}) {
    const Bytes encoded = bytes_from_hex(differential(indexes));
    Reader reader(encoded);
    EXPECT_EQ(decode_differential(reader), indexes);
    EXPECT_TRUE(reader.ok());
  }
}

TEST(CompactBlock, RefusesIndexesPast16Bits) {
  for (const auto& [hex, offset] : std::initializer_list<std::pair<std::string_view, std::size_t>>{
           {"01fe00000100", 1}, {"02fdffff00", 4}, {"03fdfeff0000", 5}}) {
    const auto error = differential_error(hex);
    ASSERT_TRUE(error) << hex;
    EXPECT_EQ(error->fault, DecodeFault::Malformed);
    EXPECT_EQ(error->offset, offset);
  }
  EXPECT_TRUE(differential_error("feffffffff"));
  EXPECT_TRUE(differential_error("fdffff00"));
}

TEST(CompactBlock, IndexesInTheWrongOrderCanBeSentAndAreRefused) {
  for (const auto& indexes : {std::vector<std::uint16_t>{1, 0}, {7, 7}}) {
    EXPECT_EQ(differential_error(differential(indexes))->fault, DecodeFault::Malformed);
  }
}

TEST(CompactBlock, ShortIdsAreThoseOfANode) {
  const Block block = decode_as<Block>(bytes_from_hex(test::kRegtestBlock)).value();
  const auto sent = decode_as<CompactBlock>(bytes_from_hex(test::kRegtestCompactBlock)).value();
  EXPECT_EQ(CompactBlock::from_block(block, sent.nonce), sent);
  EXPECT_EQ(to_hex(encode_of(sent)), test::kRegtestCompactBlock);
  EXPECT_EQ(sent.reconstruct(block.transactions).block, block);
}

TEST(CompactBlock, PrefilledIndexesAreAbsolute) {
  const Block block = make_block(10);
  const auto compact = CompactBlock::from_block(block, 7, {0, 3, 9});
  EXPECT_EQ(compact.short_ids.size(), 7u);
  EXPECT_EQ(compact.short_ids[2], short_id(compact.key(), block.transactions[4].wtxid()));
  const auto decoded = decode_as<CompactBlock>(encode_of(compact)).value();
  EXPECT_EQ(decoded, compact);
  EXPECT_EQ(decoded.prefilled[1].index, 3);
  EXPECT_EQ(decoded.prefilled[1].transaction, block.transactions[3]);
  EXPECT_THROW(CompactBlock::from_block(block, 7, {10}), std::out_of_range);
}

TEST(CompactBlock, ReconstructsFromTransactionsInAnyOrder) {
  const Block block = make_block(20);
  const auto compact = CompactBlock::from_block(block, 1, {0, 5});
  std::vector<Transaction> pool(block.transactions.rbegin(), block.transactions.rend());
  pool.push_back(make_block(30).transactions.back());
  pool.push_back(pool.front());  // twice the same is no collision
  EXPECT_EQ(compact.reconstruct(pool).block, block);
}

TEST(CompactBlock, NamesWhatIsMissing) {
  const Block block = make_block(6);
  const auto compact = CompactBlock::from_block(block, 1);
  const auto& all = block.transactions;
  const auto partial = compact.reconstruct(std::vector<Transaction>{all[4], all[2]});
  EXPECT_FALSE(partial.block);
  EXPECT_THAT(partial.missing, ElementsAre(1, 3, 5));
  EXPECT_EQ(compact.reconstruct(all).block, block);
}

TEST(CompactBlock, AWrongMerkleRootMakesAllMissing) {
  Block block = make_block(4);
  block.header.merkle_root = {};
  const auto result = CompactBlock::from_block(block, 1, {0, 2}).reconstruct(block.transactions);
  EXPECT_FALSE(result.block);
  EXPECT_THAT(result.missing, ElementsAre(1, 3));
}

TEST(CompactBlock, APrefilledIndexPastTheEndTravelsButDoesNotReconstruct) {
  const Block block = make_block(3);
  auto compact = CompactBlock::from_block(block, 1);
  compact.prefilled[0].index = 3;
  EXPECT_EQ(decode_as<CompactBlock>(encode_of(compact)).value(), compact);
  EXPECT_THROW(compact.reconstruct(block.transactions), std::invalid_argument);
  compact.prefilled.push_back({0, block.transactions[0]});
  EXPECT_THROW(compact.reconstruct(block.transactions), std::invalid_argument);
}

TEST(CompactBlock, RefusesMoreTransactionsThanIndexesReach) {
  Writer writer;
  BlockHeader().encode(writer);
  writer.integer<std::uint64_t>(0).compact_size(0xffff);
  writer.bytes(Bytes(CompactBlock::kShortIdSize * 0xffff));
  const std::size_t prefilled_at = writer.size();
  writer.compact_size(1).compact_size(0);
  make_block(1).transactions[0].encode(writer);
  const auto decoded = decode_as<CompactBlock>(writer.written());
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().fault, DecodeFault::Malformed);
  EXPECT_EQ(decoded.error().offset, prefilled_at);
}

}  // namespace
}  // namespace noderig::p2p
