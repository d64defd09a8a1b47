#include <gmock/gmock.h>
#include <noderig/framework/chain/sign.h>
#include <noderig/p2p/primitives/hash.h>
#include <stdexcept>

namespace noderig {
namespace {

using namespace literals;
using p2p::Script;
using p2p::Transaction;
using p2p::TxOut;

const Key kKey = Key::from_phrase("signer");

Transaction spend_of(std::size_t inputs) {
  Transaction transaction;
  for (std::uint32_t i = 0; i < inputs; ++i) {
    transaction.inputs.push_back({.prevout = {p2p::sha256({}), i}});
  }
  transaction.outputs = {{.value = 1_btc, .script_pubkey = p2p::op_return({})}};
  return transaction;
}

std::vector<Bytes> pushes(const Script& script) {
  std::vector<Bytes> pushed;
  p2p::ScriptReader reader(script);
  while (const auto step = reader.next()) pushed.emplace_back(step->data.begin(), step->data.end());
  return pushed;
}

// Takes the sighash byte off.
ByteSpan der_of(const Bytes& signature) {
  return ByteSpan(signature).first(signature.size() - 1);
}

const auto kKeyHash = p2p::hash160(kKey.public_key().bytes());

TEST(SignInput, SignsForAPublicKey) {
  const std::vector<TxOut> spent = {{2_btc, p2p::p2pk(kKey.public_key().bytes())}};
  Transaction transaction = spend_of(1);
  sign_input(transaction, 0, spent, kKey);
  const auto pushed = pushes(transaction.inputs[0].script_sig);
  ASSERT_EQ(pushed.size(), 1u);
  EXPECT_EQ(pushed[0].back(), std::byte{kSighashAll});
  const Uint256 hash = legacy_sighash(transaction, 0, spent[0].script_pubkey, kSighashAll);
  EXPECT_TRUE(kKey.public_key().verify(hash, der_of(pushed[0])));
}

TEST(SignInput, SignsForAPublicKeyHashWithTheNamedType) {
  constexpr std::uint32_t kType = kSighashNone | kSighashAnyoneCanPay;
  const std::vector<TxOut> spent = {{2_btc, p2p::p2pkh(kKeyHash)}};
  Transaction transaction = spend_of(1);
  sign_input(transaction, 0, spent, kKey, kType);
  const auto pushed = pushes(transaction.inputs[0].script_sig);
  ASSERT_EQ(pushed.size(), 2u);
  EXPECT_EQ(pushed[0].back(), std::byte{kType});
  EXPECT_THAT(pushed[1], testing::ElementsAreArray(kKey.public_key().bytes()));
  const Uint256 hash = legacy_sighash(transaction, 0, spent[0].script_pubkey, kType);
  EXPECT_TRUE(kKey.public_key().verify(hash, der_of(pushed[0])));
}

TEST(SignInput, SignsForAWitnessKeyHashBareAndNested) {
  const Script program = p2p::p2wpkh(kKeyHash);
  const std::vector<TxOut> spent = {{2_btc, program}, {3_btc, p2p::p2sh(p2p::hash160(program))}};
  Transaction transaction = spend_of(2);
  for (std::size_t i = 0; i < 2; ++i) {
    sign_input(transaction, i, spent, kKey);
    const auto& witness = transaction.inputs[i].witness;
    ASSERT_EQ(witness.size(), 2u);
    const Uint256 hash =
        segwit_v0_sighash(transaction, i, p2p::p2pkh(kKeyHash), spent[i].value, kSighashAll);
    EXPECT_TRUE(kKey.public_key().verify(hash, der_of(witness[0])));
  }
  EXPECT_TRUE(transaction.inputs[0].script_sig.empty());
  EXPECT_THAT(pushes(transaction.inputs[1].script_sig),
              testing::ElementsAre(testing::ElementsAreArray(program.bytes())));
}

TEST(SignInput, SignsATaprootKeyPath) {
  const Key output_key = kKey.taproot_tweaked();
  const std::vector<TxOut> spent = {{2_btc, p2p::p2tr(output_key.public_key().x_only())}};
  for (const std::uint8_t type : {std::uint8_t{kSighashDefault}, std::uint8_t{kSighashAll}}) {
    Transaction transaction = spend_of(1);
    sign_input(transaction, 0, spent, kKey, type);
    const auto& witness = transaction.inputs[0].witness;
    ASSERT_EQ(witness.size(), 1u);
    ASSERT_EQ(witness[0].size(), type == kSighashDefault ? 64u : 65u);
    SchnorrSignature signature;
    std::copy_n(witness[0].begin(), signature.size(), signature.begin());
    const Uint256 hash = taproot_sighash(transaction, 0, spent, type);
    EXPECT_TRUE(verify_schnorr(output_key.public_key().x_only(), hash.wire(), signature));
  }
}

TEST(SignInput, ReplacesWhatWasThere) {
  const std::vector<TxOut> spent = {{2_btc, p2p::p2wpkh(kKeyHash)}};
  Transaction transaction = spend_of(1);
  sign_input(transaction, 0, spent, kKey);
  const Transaction once = transaction;
  transaction.inputs[0].script_sig.push_op(p2p::Op::Nop);
  sign_input(transaction, 0, spent, kKey);
  EXPECT_EQ(transaction, once);
}

TEST(SignInput, RefusesWhatItCannotSign) {
  Transaction transaction = spend_of(1);
  const std::vector<TxOut> script_hash = {{2_btc, p2p::p2wsh(p2p::sha256({}))}};
  EXPECT_THROW(sign_input(transaction, 0, script_hash, kKey), std::invalid_argument);
  EXPECT_THROW(sign_input(transaction, 0, {}, kKey), std::invalid_argument);
  const std::vector<TxOut> one = {{2_btc, p2p::p2wpkh(kKeyHash)}};
  EXPECT_THROW(sign_input(transaction, 1, one, kKey), std::out_of_range);
}

}  // namespace
}  // namespace noderig
