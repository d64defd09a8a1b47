#include "fundrawtransaction/parts.h"

#include <fmt/format.h>
#include <noderig/p2p/primitives/hash.h>
#include <algorithm>
#include <span>

namespace noderig::fundraw {
namespace {

constexpr std::uint32_t kReplaceable = 0xfffffffd;  // the highest that signals (BIP125)

// What the coins are worth that a transaction spends, by the node's chain and mempool.
Amount value_of_inputs(const rpc::Client& rpc, const Transaction& transaction) {
  std::vector<rpc::BatchCall> calls;
  for (const auto& in : transaction.inputs) {
    calls.push_back({"gettxout", Json::array({Json(in.prevout.txid), in.prevout.index, true})});
  }
  const auto outputs = rpc.batch(calls);
  Amount sum;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (const Json& output = outputs[i].value(); !output.is_null()) {
      sum += amount_of(output.at("value"));
      continue;
    }
    // Spent in the mempool, by what the transaction is to replace: its parent is there too.
    const OutPoint& coin = transaction.inputs[i].prevout;
    const Transaction parent = transaction_of(rpc("getrawtransaction", coin.txid));
    sum += parent.outputs.at(coin.index).value;
  }
  return sum;
}

}  // namespace

Key recipient_key(int who) {
  return Key::from_phrase(fmt::format("recipient {}", who));
}

TxOut pay(Amount value, int who) {
  return {.value = value,
          .script_pubkey = p2p::p2wpkh(p2p::hash160(recipient_key(who).public_key().bytes()))};
}

std::string recipient(int who) {
  return address_of(pay({}, who).script_pubkey).value();
}

TxOut pay_to(const std::string& address, Amount value) {
  return {.value = value, .script_pubkey = script_for_address(address).value()};
}

Transaction draft(std::vector<TxOut> outputs, const std::vector<OutPoint>& inputs) {
  Transaction transaction{.inputs = {}, .outputs = std::move(outputs)};
  for (const OutPoint& coin : inputs) {
    transaction.inputs.push_back({.prevout = coin, .sequence = kReplaceable});
  }
  return transaction;
}

const TxOut& Funded::change() const {
  if (!change_position) throw AssertionError("the funded transaction has no change");
  return transaction.outputs.at(*change_position);
}

std::vector<TxOut> Funded::payments() const {
  std::vector<TxOut> outputs = transaction.outputs;
  if (change_position) {
    outputs.erase(outputs.begin() + static_cast<std::ptrdiff_t>(*change_position));
  }
  return outputs;
}

bool spends(const Transaction& transaction, const OutPoint& coin) {
  return std::ranges::any_of(transaction.inputs,
                             [&](const auto& in) { return in.prevout == coin; });
}

Funded fund(const ScopedWallet& wallet, const Transaction& transaction, const Json& options) {
  Json parameters = options;
  parameters["hexstring"] = transaction;
  const Json result = wallet.rpc.named("fundrawtransaction", parameters);

  Funded funded{.transaction = transaction_of(result.at("hex")),
                .fee = amount_of(result.at("fee")),
                .change_position = {}};
  const int position = result.at("changepos").get<int>();
  if (position >= 0) funded.change_position = static_cast<std::size_t>(position);

  const auto& inputs = funded.transaction.inputs;
  assert_greater_than_or_equal(inputs.size(), transaction.inputs.size());
  assert_true(std::equal(transaction.inputs.begin(), transaction.inputs.end(), inputs.begin()));
  for (const auto& added : std::span(inputs).subspan(transaction.inputs.size())) {
    // Replaceable, and not signed yet.
    assert_true(added == p2p::TxIn{.prevout = added.prevout, .sequence = kReplaceable});
  }
  const std::vector<TxOut> payments = funded.payments();
  assert_equal(payments.size(), transaction.outputs.size());
  Amount out;
  for (const TxOut& output : funded.transaction.outputs) out += output.value;
  for (std::size_t i = 0; i < payments.size(); ++i) {
    assert_equal(payments[i].script_pubkey, transaction.outputs[i].script_pubkey);
    if (!options.contains("subtractFeeFromOutputs")) {
      assert_equal(payments[i].value, transaction.outputs[i].value);
    }
  }
  assert_equal(value_of_inputs(wallet.rpc, funded.transaction), out + funded.fee);
  return funded;
}

void assert_refused(const ScopedWallet& wallet, const Transaction& transaction, const Json& options,
                    int code, std::string_view text, std::source_location where) {
  Json parameters = options;
  parameters["hexstring"] = transaction;
  assert_raises_rpc_error(
      code, text, [&] { wallet.rpc.named("fundrawtransaction", parameters); }, where);
}

void assert_acceptable(const Node& node, const Transaction& transaction) {
  const Json verdict = node.rpc("testmempoolaccept", Json::array({Json(transaction)})).at(0);
  assert_equal(verdict.value("reject-reason", ""), "");
  assert_true(verdict.at("allowed"));
}

void confirm(Node& node, const Transaction& transaction) {
  node.rpc("sendrawtransaction", transaction);
  const BuiltBlock block = node.mine_mempool();
  const auto& mined = block.block().transactions;
  assert_true(std::ranges::find(mined, transaction) != mined.end());
}

Json input(const OutPoint& coin) {
  return {{"txid", coin.txid}, {"vout", coin.index}};
}

}  // namespace noderig::fundraw
