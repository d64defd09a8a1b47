#include <gmock/gmock.h>

#include <noderig/framework/chain/block_builder.h>
#include <noderig/p2p/primitives/pow.h>
#include <noderig/p2p/primitives/serialize.h>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using ::testing::SizeIs;

p2p::Transaction spend_of(const Uint256& txid, bool with_witness = false) {
  p2p::Transaction transaction;
  transaction.inputs.push_back({.prevout = {txid, 0}});
  if (with_witness) transaction.inputs[0].witness = {bytes_from_hex("01")};
  transaction.outputs.push_back({.value = Amount::sat(1), .script_pubkey = anyone_can_spend()});
  return transaction;
}

TEST(Regtest, HasTheGenesisBlockThatNodesHave) {
  EXPECT_EQ(regtest::genesis_hash().to_string(),
            "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206");
  const auto& genesis = regtest::genesis_block();
  EXPECT_EQ(genesis.header.merkle_root, genesis.merkle_root());
  EXPECT_EQ(genesis.transactions[0].txid().to_string(),
            "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b");
  EXPECT_TRUE(p2p::meets_target(genesis.header.hash(), regtest::kBits));
}

TEST(Regtest, HalvesTheSubsidyEvery150Blocks) {
  EXPECT_EQ(regtest::subsidy(0), Amount::btc(50));
  EXPECT_EQ(regtest::subsidy(149), Amount::btc(50));
  EXPECT_EQ(regtest::subsidy(150), Amount::btc(25));
  EXPECT_EQ(regtest::subsidy(300), Amount::sat(1'250'000'000));
  EXPECT_EQ(regtest::subsidy(2202), Amount::sat(305'175));  // 50 / 2^14, rounded down
  EXPECT_EQ(regtest::subsidy(150 * 33), Amount());
  EXPECT_EQ(regtest::subsidy(150 * 64), Amount());
  EXPECT_EQ(regtest::subsidy(1'000'000), Amount());
}

TEST(Coinbase, BeginsWithTheHeightAndIsLongEnough) {
  // A height up to 16 is one opcode; the empty tag's push makes the second byte.
  EXPECT_EQ(coinbase(1, Amount::btc(50), anyone_can_spend()).inputs[0].script_sig.to_hex(), "5100");
  EXPECT_EQ(coinbase(102, Amount(), anyone_can_spend(), "n0").inputs[0].script_sig.to_hex(),
            "0166026e30");
  EXPECT_EQ(coinbase(2202, Amount(), anyone_can_spend(), "n0").inputs[0].script_sig.to_hex(),
            "029a08026e30");
  const auto transaction = coinbase(1, Amount::sat(7), anyone_can_spend(), "n0");
  EXPECT_TRUE(transaction.is_coinbase());
  EXPECT_THAT(transaction.outputs, SizeIs(1));
  EXPECT_EQ(transaction.outputs[0].value, Amount::sat(7));
  EXPECT_EQ(transaction.outputs[0].script_pubkey.to_hex(), "51");
}

TEST(Coinbase, DiffersByTag) {
  EXPECT_NE(coinbase(1, Amount::btc(50), anyone_can_spend(), "n0").txid(),
            coinbase(1, Amount::btc(50), anyone_can_spend(), "n1").txid());
}

TEST(BuildBlock, FollowsItsPlan) {
  const Uint256 previous = Uint256::from_hex(std::string(64, '7'));
  const auto spend = spend_of(previous);
  const p2p::Block block = build_block({.previous = previous,
                                        .height = 151,
                                        .time = regtest::kEpoch + 151s,
                                        .tag = "n0",
                                        .transactions = {spend},
                                        .fees = Amount::sat(9)});
  EXPECT_EQ(block.header.previous, previous);
  EXPECT_EQ(block.header.version, 0x20000000);
  EXPECT_EQ(block.header.time, 1296688602 + 151);
  EXPECT_EQ(block.header.bits, 0x207fffff);
  EXPECT_EQ(block.header.merkle_root, block.merkle_root());
  ASSERT_THAT(block.transactions, SizeIs(2));
  EXPECT_EQ(block.transactions[1], spend);
  EXPECT_THAT(block.transactions[0].outputs, SizeIs(1));  // no witness, no commitment
  EXPECT_EQ(block.transactions[0].outputs[0].value, Amount::btc(25) + Amount::sat(9));
}

TEST(BuildBlock, CommitsToWitnesses) {
  const p2p::Block block = build_block({.transactions = {spend_of(Uint256(), true)}});
  const auto& generation = block.transactions[0];
  ASSERT_THAT(generation.inputs[0].witness, SizeIs(1));
  EXPECT_EQ(generation.inputs[0].witness[0], Bytes(32));
  ASSERT_THAT(generation.outputs, SizeIs(2));
  EXPECT_EQ(generation.outputs[1].value, Amount());
  EXPECT_EQ(generation.outputs[1].script_pubkey.to_hex(),
            "6a24aa21a9ed" + to_hex(block.witness_commitment().wire()));
  EXPECT_EQ(block.header.merkle_root, block.merkle_root());
}

TEST(BuildBlock, TakesBulkInTheCoinbase) {
  const p2p::Block plain = build_block({});
  const p2p::Block large = build_block({.extra_outputs = {bulk_output(950'000)}});
  // Value, length of the script, script.
  EXPECT_EQ(large.total_size() - plain.total_size(), 8 + 5 + 950'000);
  EXPECT_THROW(bulk_output(0), std::invalid_argument);
}

TEST(BulkOutput, IsOneReturnAndOnePush) {
  const p2p::Script script = bulk_output(950'000).script_pubkey;
  p2p::ScriptReader reader(script);
  EXPECT_EQ(reader.next()->op, p2p::Op::Return);
  EXPECT_EQ(reader.next()->data.size(), 950'000 - 6);
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(bulk_output(6).script_pubkey.to_hex(), "6a4e00000000");
  EXPECT_EQ(bulk_output(5).script_pubkey.to_hex(), "6a61616161");
  EXPECT_EQ(bulk_output(1).script_pubkey.to_hex(), "6a");
}

TEST(Solve, FindsTheFirstNonceThatMeetsTheTarget) {
  p2p::Block block = build_block({});
  const Uint256 hash = solve(block);
  EXPECT_EQ(hash, block.header.hash());
  EXPECT_TRUE(p2p::meets_target(hash, block.header.bits));
  for (p2p::BlockHeader earlier = block.header; earlier.nonce-- > 0;) {
    EXPECT_FALSE(p2p::meets_target(earlier.hash(), earlier.bits));
  }
}

TEST(Solve, MeetsAHarderTarget) {
  p2p::Block block = build_block({.bits = 0x1f7fffff});  // one hash in 512
  EXPECT_TRUE(p2p::meets_target(solve(block), 0x1f7fffff));
}

TEST(Solve, RefusesBitsWithoutATarget) {
  p2p::Block block = build_block({.bits = 0xff7fffff});
  EXPECT_THROW(solve(block), std::invalid_argument);
}

TEST(ChainBuilder, LinksBlocksFromTheGenesisBlock) {
  ChainBuilder chain({.tag = "n0"});
  EXPECT_EQ(chain.height(), 0);
  EXPECT_EQ(chain.tip(), regtest::genesis_hash());
  const auto mined = chain.mine(5);
  ASSERT_THAT(mined, SizeIs(5));
  Uint256 previous = regtest::genesis_hash();
  for (int height = 1; height <= 5; ++height) {
    const BuiltBlock& block = chain.at(height);
    EXPECT_EQ(block.hash(), mined[static_cast<std::size_t>(height - 1)].hash());
    EXPECT_EQ(block.height(), height);
    EXPECT_EQ(block.header().previous, previous);
    EXPECT_EQ(block.hash(), block.header().hash());
    EXPECT_EQ(block.time(), regtest::kGenesisTime + height * 1s);
    EXPECT_EQ(block.header().merkle_root, block.block().merkle_root());
    previous = block.hash();
  }
  EXPECT_EQ(chain.tip(), previous);
  EXPECT_EQ(chain.height(), 5);
  EXPECT_THAT(chain.headers(), SizeIs(5));
  EXPECT_EQ(chain.headers()[4], chain.at(5).header());
}

TEST(ChainBuilder, IsDeterministicAndTellsTagsApart) {
  ChainBuilder a({.tag = "a"}), again({.tag = "a"}), b({.tag = "b"});
  EXPECT_EQ(a.mine(3).back().hash(), again.mine(3).back().hash());
  EXPECT_NE(a.at(1).hash(), b.mine().hash());
}

TEST(ChainBuilder, PutsContentIntoOneBlock) {
  ChainBuilder chain;
  const auto first = chain.mine();
  const p2p::Script script(bytes_from_hex("52"));
  const auto block = chain.mine({.transactions = {spend_of(first.coinbase().txid())},
                                 .fees = Amount::sat(5),
                                 .script = script,
                                 .time = regtest::kEpoch + 1h});
  EXPECT_THAT(block.block().transactions, SizeIs(2));
  EXPECT_EQ(block.coinbase().outputs[0].script_pubkey, script);
  EXPECT_EQ(block.coinbase().outputs[0].value, Amount::btc(50) + Amount::sat(5));
  EXPECT_EQ(block.time(), regtest::kEpoch + 1h);
  const auto next = chain.mine();
  EXPECT_EQ(next.coinbase().outputs[0].script_pubkey, anyone_can_spend());
  EXPECT_EQ(next.time(), regtest::kEpoch + 1h + 1s);
}

TEST(ChainBuilder, ForksBelowItsTip) {
  ChainBuilder chain({.tag = "a"});
  chain.mine(5);
  ChainBuilder fork = chain.fork_at(3, "b");
  EXPECT_EQ(fork.height(), 3);
  EXPECT_EQ(fork.tip(), chain.at(3).hash());
  const auto block = fork.mine();
  EXPECT_EQ(block.header().previous, chain.at(3).hash());
  EXPECT_NE(block.hash(), chain.at(4).hash());
  EXPECT_EQ(block.time(), chain.at(4).time());
  EXPECT_EQ(chain.height(), 5);
  // The blocks they share are the same objects.
  EXPECT_EQ(&fork.at(3).block(), &chain.at(3).block());
}

TEST(ChainBuilder, ForksAtItsStart) {
  ChainBuilder chain;
  chain.mine(2);
  ChainBuilder fork = chain.fork_at(0, "b");
  EXPECT_EQ(fork.tip(), regtest::genesis_hash());
  EXPECT_EQ(fork.mine().time(), chain.at(1).time());
}

TEST(ChainBuilder, ContinuesFromAnyBlock) {
  const Uint256 tip = Uint256::from_hex(std::string(64, '1'));
  ChainBuilder chain(tip, 100, regtest::kEpoch + 1h, {.spacing = 10min});
  const auto block = chain.mine();
  EXPECT_EQ(block.height(), 101);
  EXPECT_EQ(block.header().previous, tip);
  EXPECT_EQ(block.time(), regtest::kEpoch + 1h + 10min);
  EXPECT_EQ(chain.at(101).hash(), block.hash());
}

TEST(ChainBuilder, RefusesHeightsThatItDoesNotHave) {
  ChainBuilder chain;
  chain.mine(2);
  EXPECT_THROW(chain.at(0), std::out_of_range);
  EXPECT_THROW(chain.at(3), std::out_of_range);
  EXPECT_THROW(chain.fork_at(3, "b"), std::out_of_range);
  EXPECT_THROW(chain.fork_at(-1, "b"), std::out_of_range);
  EXPECT_THROW(chain.mine(0), std::invalid_argument);
}

TEST(BuiltBlock, EncodesForTheWire) {
  ChainBuilder chain;
  const auto block = chain.mine({.transactions = {spend_of(Uint256(), true)}});
  EXPECT_EQ(p2p::decode_as<p2p::Block>(block.encoded()).value(), block.block());
}

}  // namespace
}  // namespace noderig
