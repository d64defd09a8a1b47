#include <gtest/gtest.h>
#include <noderig/p2p/primitives/transaction.h>

namespace noderig::p2p {
namespace {

// The signed P2WPKH transaction of BIP143.
constexpr std::string_view kSegwit =
    "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830"
    "450221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f928"
    "1a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e81"
    "5b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f6"
    "6f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988"
    "ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c"
    "4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7aca"
    "fcdb3566bb0ad253f62fc70f07aeee635711000000";

// From the main chain, before segregated witness.
constexpr std::string_view kLegacy =
    "01000000010b26e9b7735eb6aabdf358bab62f9816a21ba9ebdb719d5299e88607d722c190000000008b48304502"
    "20070aca44506c5cef3a16ed519d7c3c39f8aab192c4e1c90d065f37b8a4af6141022100a8e160b856c2d43d27d8"
    "fba71e5aef6405b8643ac4cb7cb3c462aced7f14711a0141046d11fee51b0e60666d5049a9101a72741df480b96e"
    "e26488a4d3466b95c9a40ac5eeef87e10a5cd336c19a84565f80fa6c547957b7700ff4dfbdefe76036c339ffffff"
    "ff021bff3d11000000001976a91404943fdd508053c75000106d3bc6e2754dbcff1988ac2f15de00000000001976"
    "a914a266436d2965547608b9e15d9032a7b9d64fa43188ac00000000";

Transaction transaction_from(std::string_view hex) {
  return decode_as<Transaction>(bytes_from_hex(hex)).value();
}

DecodeError error_of(std::string_view hex) {
  const auto decoded = decode_as<Transaction>(bytes_from_hex(hex));
  EXPECT_FALSE(decoded) << hex;
  return decoded ? DecodeError{} : decoded.error();
}

TEST(Transaction, WithWitness) {
  const Transaction tx = transaction_from(kSegwit);
  EXPECT_EQ(tx.txid().to_string(),
            "e8151a2af31c368a35053ddd4bdb285a8595c769a3ad83e0fa02314a602d4609");
  EXPECT_EQ(tx.wtxid().to_string(),
            "c36c38370907df2324d9ce9d149d191192f338b37665a82e78e76a12c909b762");
  EXPECT_EQ(tx.version, 1);
  EXPECT_EQ(tx.lock_time, 17u);
  ASSERT_EQ(tx.inputs.size(), 2u);
  EXPECT_EQ(tx.inputs[0].sequence, 0xffffffee);
  EXPECT_EQ(tx.inputs[0].script_sig.size(), 73u);
  EXPECT_TRUE(tx.inputs[0].witness.empty());
  EXPECT_EQ(tx.inputs[1].prevout.to_string(),
            "8ac60eb9575db5b2d987e29f301b5b819ea83a5c6579d282d189cc04b8e151ef:1");
  ASSERT_EQ(tx.inputs[1].witness.size(), 2u);
  EXPECT_EQ(tx.inputs[1].witness[0].size(), 71u);
  EXPECT_EQ(tx.inputs[1].witness[1].size(), 33u);
  ASSERT_EQ(tx.outputs.size(), 2u);
  EXPECT_EQ(tx.outputs[0].value, *Amount::parse("1.1234"));
  EXPECT_EQ(tx.stripped_size(), 233u);
  EXPECT_EQ(tx.total_size(), 343u);
  EXPECT_EQ(tx.weight(), 4 * 233u + 110u);
  EXPECT_EQ(tx.vsize(), 261u);
  EXPECT_EQ(to_hex(encode_of(tx)), kSegwit);
}

TEST(Transaction, WithoutWitness) {
  const Transaction tx = transaction_from(kLegacy);
  EXPECT_EQ(tx.txid().to_string(),
            "b4749f017444b051c44dfd2720e88f314ff94f3dd6d56d40ef65854fcd7fff6b");
  EXPECT_EQ(tx.wtxid(), tx.txid());
  EXPECT_FALSE(tx.has_witness());
  EXPECT_FALSE(tx.is_coinbase());
  EXPECT_EQ(tx.total_size(), kLegacy.size() / 2);
  EXPECT_EQ(tx.stripped_size(), tx.total_size());
  EXPECT_EQ(tx.vsize(), tx.total_size());
  EXPECT_EQ(to_hex(encode_of(tx)), kLegacy);
}

TEST(Transaction, StrippingTheWitnessKeepsTheTxid) {
  Transaction tx = transaction_from(kSegwit);
  const Uint256 txid = tx.txid();
  Writer stripped;
  tx.encode_without_witness(stripped);
  EXPECT_EQ(stripped.size(), tx.stripped_size());
  for (TxIn& input : tx.inputs) input.witness.clear();
  EXPECT_EQ(decode_as<Transaction>(stripped.written()).value(), tx);
  EXPECT_EQ(tx.txid(), txid);
  EXPECT_EQ(tx.wtxid(), txid);
}

TEST(Transaction, RefusesAnUnknownFlag) {
  std::string hex(kSegwit);
  for (const std::string_view flag : {"02", "03", "80", "ff"}) {
    hex.replace(10, 2, flag);
    const DecodeError error = error_of(hex);
    EXPECT_EQ(error.fault, DecodeFault::Malformed);
    EXPECT_EQ(error.offset, 5u);
  }
}

TEST(Transaction, RefusesAWitnessRecordWithoutAWitness) {
  std::string hex(kLegacy);
  hex.insert(hex.size() - 8, "00");
  hex.insert(8, "0001");
  const DecodeError error = error_of(hex);
  EXPECT_EQ(error.fault, DecodeFault::Malformed);
  EXPECT_EQ(error.offset, hex.size() / 2 - 5);
}

TEST(Transaction, NothingInAndNothingOut) {
  const Transaction tx = transaction_from("02000000000000000000");
  EXPECT_EQ(tx, Transaction());
  EXPECT_EQ(encode_of(tx).size(), Transaction::kMinSize);
}

// One output behind no inputs reads as the mark and flag of a witness.
TEST(Transaction, WithoutInputsNeedsTheFormWithoutWitness) {
  Transaction tx;
  tx.outputs.push_back({Amount::sat(5), Script{Op::True}});
  const Bytes encoded = encode_of(tx);
  EXPECT_FALSE(decode_as<Transaction>(encoded));
  Reader reader(encoded);
  EXPECT_EQ(Transaction::decode_without_witness(reader), tx);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(Transaction, CountsAreNotAllocatedUnseen) {
  for (const std::string_view count : {"feffffffff", "fe00000002", "fdffff"}) {
    for (const std::string& hex : {"01000000" + std::string(count) + std::string(100, '0'),
                                   "010000000001" + std::string(count) + std::string(100, '0')}) {
      const Bytes input = bytes_from_hex(hex);
      Reader reader(input);
      const Transaction tx = Transaction::decode(reader);
      ASSERT_FALSE(reader.ok());
      EXPECT_EQ(reader.error()->fault, DecodeFault::Oversized);
      EXPECT_EQ(reader.error()->offset, hex.find(count) / 2);
      EXPECT_EQ(tx.inputs.capacity(), 0u);
    }
  }
}

TEST(Transaction, ACoinbaseSpendsNull) {
  Transaction tx;
  tx.inputs.push_back({.prevout = OutPoint::null()});
  EXPECT_TRUE(tx.is_coinbase());
  tx.inputs.push_back({.prevout = OutPoint::null()});
  EXPECT_FALSE(tx.is_coinbase());
  EXPECT_FALSE(OutPoint().is_null());
}

}  // namespace
}  // namespace noderig::p2p
