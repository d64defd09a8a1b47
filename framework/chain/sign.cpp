#include <noderig/framework/chain/sign.h>
#include <noderig/p2p/primitives/hash.h>
#include <algorithm>
#include <stdexcept>

namespace noderig {
namespace {

using p2p::Op;
using p2p::Script;

bool has_shape(const Script& script, std::size_t size, std::initializer_list<Op> beginning) {
  if (script.size() != size) return false;
  std::size_t at = 0;
  return std::ranges::all_of(beginning,
                             [&](Op op) { return script[at++] == static_cast<std::byte>(op); });
}

constexpr Op push_of(std::uint8_t bytes) {
  return static_cast<Op>(bytes);
}

bool pays_to_public_key(const Script& script) {
  const bool compressed = has_shape(script, 35, {push_of(33)});
  const bool uncompressed = has_shape(script, 67, {push_of(65)});
  return (compressed || uncompressed) &&
         script[script.size() - 1] == static_cast<std::byte>(Op::CheckSig);
}

Bytes der_with_type(const Key& key, const Uint256& hash, std::uint32_t type) {
  Bytes signature = key.sign(hash);
  signature.push_back(static_cast<std::byte>(type));
  return signature;
}

Bytes copied(ByteSpan bytes) {
  return {bytes.begin(), bytes.end()};
}

std::vector<Bytes> segwit_v0_witness(const p2p::Transaction& transaction, std::size_t input,
                                     Amount amount, const Key& key, std::uint32_t type) {
  const ByteSpan public_key = key.public_key().bytes();
  const Script code = p2p::p2pkh(p2p::hash160(public_key));
  const Uint256 hash = segwit_v0_sighash(transaction, input, code, amount, type);
  return {der_with_type(key, hash, type), copied(public_key)};
}

}  // namespace

void sign_input(p2p::Transaction& transaction, std::size_t input, std::span<const p2p::TxOut> spent,
                const Key& key, std::optional<std::uint32_t> type) {
  if (spent.size() != transaction.inputs.size()) {
    throw std::invalid_argument("signing takes one spent output for each input");
  }
  p2p::TxIn& signing = transaction.inputs.at(input);
  const auto& [value, script] = spent[input];
  const ByteSpan public_key = key.public_key().bytes();
  const std::uint32_t ecdsa_type = type.value_or(kSighashAll);
  signing.script_sig = Script();
  signing.witness.clear();

  if (pays_to_public_key(script)) {
    const Uint256 hash = legacy_sighash(transaction, input, script, ecdsa_type);
    signing.script_sig.push(der_with_type(key, hash, ecdsa_type));
  } else if (has_shape(script, 25, {Op::Dup, Op::Hash160, push_of(20)})) {
    const Uint256 hash = legacy_sighash(transaction, input, script, ecdsa_type);
    signing.script_sig.push(der_with_type(key, hash, ecdsa_type)).push(public_key);
  } else if (has_shape(script, 22, {Op::Zero, push_of(20)})) {
    signing.witness = segwit_v0_witness(transaction, input, value, key, ecdsa_type);
  } else if (has_shape(script, 23, {Op::Hash160, push_of(20)})) {
    signing.script_sig.push(p2p::p2wpkh(p2p::hash160(public_key)));
    signing.witness = segwit_v0_witness(transaction, input, value, key, ecdsa_type);
  } else if (has_shape(script, 34, {Op::One, push_of(32)})) {
    const auto taproot_type = static_cast<std::uint8_t>(type.value_or(kSighashDefault));
    const Uint256 hash = taproot_sighash(transaction, input, spent, taproot_type);
    Bytes signature = copied(key.taproot_tweaked().sign_schnorr(hash.wire()));
    if (taproot_type != kSighashDefault) signature.push_back(std::byte{taproot_type});
    signing.witness = {std::move(signature)};
  } else {
    throw std::invalid_argument("no single signature spends the output script " + script.to_hex());
  }
}

}  // namespace noderig
