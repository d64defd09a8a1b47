#include "known_blocks.h"

#include <gtest/gtest.h>
#include <noderig/p2p/primitives/block.h>
#include <noderig/p2p/primitives/merkle.h>

namespace noderig::p2p {
namespace {

std::vector<Uint256> leaves(std::size_t count) {
  std::vector<Uint256> made(count);
  for (std::size_t i = 0; i < count; ++i) {
    made[i].wire()[0] = static_cast<std::byte>(i);
    made[i].wire()[1] = static_cast<std::byte>(i >> 8);
    made[i].wire()[31] = std::byte{1};
  }
  return made;
}

std::vector<bool> every(std::size_t step, std::size_t count) {
  std::vector<bool> matches(count);
  for (std::size_t i = 0; i < count; i += step) matches[i] = true;
  return matches;
}

TEST(Merkle, SmallTrees) {
  const auto l = leaves(3);
  EXPECT_TRUE(merkle_root({}).is_zero());
  EXPECT_EQ(merkle_root({l[0]}), l[0]);
  EXPECT_EQ(merkle_root({l[0], l[1]}), sha256d(l[0], l[1]));
  EXPECT_EQ(merkle_root(l), sha256d(sha256d(l[0], l[1]), sha256d(l[2], l[2])));
}

// CVE-2012-2459: repeating the end of a list keeps its root.
TEST(Merkle, NoticesARepeatedEnd) {
  for (const std::size_t count : {3u, 5u, 6u, 7u, 12u}) {
    const auto honest = leaves(count);
    bool mutated = true;
    const Uint256 root = merkle_root(honest, &mutated);
    EXPECT_FALSE(mutated) << count;

    // The last subtree that has no sibling.
    const std::size_t repeated = count & (~count + 1);
    auto longer = honest;
    longer.insert(longer.end(), honest.end() - static_cast<std::ptrdiff_t>(repeated), honest.end());
    EXPECT_EQ(merkle_root(longer, &mutated), root) << count;
    EXPECT_TRUE(mutated) << count;
  }
}

TEST(Merkle, BranchesLeadToTheRoot) {
  for (const std::size_t count : {1u, 2u, 3u, 7u, 8u, 9u, 31u}) {
    const auto l = leaves(count);
    const Uint256 root = merkle_root(l);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(root_of_branch(l[i], merkle_branch(l, i), i), root) << i << " of " << count;
    }
    EXPECT_THROW(merkle_branch(l, count), std::out_of_range);
  }
}

TEST(PartialMerkleTree, ProvesWhatMatches) {
  for (const std::size_t count : {1u, 2u, 3u, 4u, 7u, 17u, 100u, 1000u}) {
    for (const std::size_t step : {1u, 2u, 3u, 50u, 2000u}) {
      const auto txids = leaves(count);
      const auto matches = every(step, count);
      const auto tree =
          decode_as<PartialMerkleTree>(encode_of(PartialMerkleTree::build(txids, matches))).value();
      const auto contents = tree.extract();
      ASSERT_TRUE(contents) << count << " " << step;
      EXPECT_EQ(contents->root, merkle_root(txids));
      std::vector<PartialMerkleTree::Match> wanted;
      for (std::size_t i = 0; i < count; i += step) {
        wanted.push_back({txids[i], static_cast<std::uint32_t>(i)});
      }
      EXPECT_EQ(contents->matches, wanted);
    }
  }
}

TEST(PartialMerkleTree, NoMatchIsOneHash) {
  const auto txids = leaves(9);
  const auto tree = PartialMerkleTree::build(txids, std::vector<bool>(9));
  EXPECT_EQ(tree.hashes, std::vector<Uint256>{merkle_root(txids)});
  EXPECT_EQ(tree.flags, Bytes{std::byte{0}});
  EXPECT_TRUE(tree.extract()->matches.empty());
}

TEST(PartialMerkleTree, RealBlocks) {
  for (const auto& known : test::known_blocks()) {
    const Block block = decode_as<Block>(bytes_from_hex(known.hex)).value();
    std::vector<Uint256> txids;
    for (const Transaction& tx : block.transactions) txids.push_back(tx.txid());
    const auto contents = PartialMerkleTree::build(txids, every(2, txids.size())).extract();
    ASSERT_TRUE(contents);
    EXPECT_EQ(contents->root, block.header.merkle_root);
  }
}

TEST(PartialMerkleTree, RefusesWhatIsNotWellFormed) {
  const auto good = PartialMerkleTree::build(leaves(7), every(3, 7));
  ASSERT_TRUE(good.extract());
  const auto broken = [&](auto change) {
    PartialMerkleTree tree = good;
    change(tree);
    return !tree.extract();
  };
  EXPECT_TRUE(broken([](auto& t) { t.total = 0; }));
  EXPECT_TRUE(broken([](auto& t) { t.total = PartialMerkleTree::kMaxTransactions + 1; }));
  EXPECT_TRUE(broken([](auto& t) { t.total = 0xffffffff; }));
  EXPECT_TRUE(broken([](auto& t) { t.hashes.pop_back(); }));
  EXPECT_TRUE(broken([](auto& t) { t.hashes.push_back({}); }));
  EXPECT_TRUE(broken([](auto& t) { t.hashes.resize(8); }));
  EXPECT_TRUE(broken([](auto& t) { t.hashes.clear(); }));
  EXPECT_TRUE(broken([](auto& t) { t.flags.pop_back(); }));
  EXPECT_TRUE(broken([](auto& t) { t.flags.push_back({}); }));
  EXPECT_TRUE(broken([](auto& t) { t.flags.clear(); }));
  EXPECT_TRUE(broken([](auto& t) { t.total = 5; }));
}

// With equal siblings a shorter block could be told for a longer one (CVE-2012-2459).
TEST(PartialMerkleTree, RefusesEqualSiblings) {
  auto txids = leaves(4);
  txids[3] = txids[2];
  EXPECT_FALSE(PartialMerkleTree::build(txids, every(1, 4)).extract());
}

TEST(PartialMerkleTree, BuildNeedsAMatchForEachTxid) {
  EXPECT_THROW(PartialMerkleTree::build({}, {}), std::invalid_argument);
  EXPECT_THROW(PartialMerkleTree::build(leaves(2), {true}), std::invalid_argument);
}

}  // namespace
}  // namespace noderig::p2p
