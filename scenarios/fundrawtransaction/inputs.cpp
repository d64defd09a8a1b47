// Which coins pay: those that the draft names, those that the wallet adds, and when it may.
#include "fundrawtransaction/parts.h"

#include <algorithm>

namespace noderig::fundraw {
namespace {

Json outputs_json(Amount value, int who = 0) {
  return Json::array({Json{{recipient(who), value}}});
}

// The call that makes a transaction of `options`, outputs included, and the transaction it makes.
using Maker = std::function<Transaction(const ScopedWallet& wallet, const Json& options)>;

Transaction by_send(const ScopedWallet& wallet, const Json& options) {
  Json parameters = options;
  parameters["add_to_wallet"] = false;  // and so not sent either
  const Json result = wallet.rpc.named("send", parameters);
  assert_true(result.at("complete"));
  return transaction_of(result.at("hex"));
}

Transaction by_psbt(const ScopedWallet& wallet, const Json& options) {
  Json parameters = options;
  if (!parameters.contains("inputs")) parameters["inputs"] = Json::array();
  const Json result = wallet.rpc.named("walletcreatefundedpsbt", parameters);
  return sign_psbt(result.at("psbt").get<std::string>(), {wallet});
}

// add_inputs is true by default without preset inputs, and false with some.
void add_inputs_default(const Course& course, const std::string& name, const Maker& make) {
  ScopedWallet wallet(course.node, name);
  const OutPoint old = wallet.receive(course.bank, {5_btc}).front();
  const auto preset = wallet.receive(course.bank, {5_btc, 5_btc});
  const auto refused = [&](const Json& options) {
    assert_raises_rpc_error(-4, kPresetTooSmall, [&] { make(wallet, options); });
  };
  const auto own = [&](const p2p::TxIn& in) {
    return in.prevout == old || std::ranges::find(preset, in.prevout) != preset.end();
  };

  course.rig.step(name + ": no preset inputs, add_inputs unnamed");
  const Transaction automatic = make(wallet, {{"outputs", outputs_json(3_btc)}});
  assert_true(!automatic.inputs.empty());
  assert_true(std::ranges::all_of(automatic.inputs, own));

  course.rig.step(name + ": preset inputs that fall short, add_inputs unnamed");
  Json options = {{"outputs", outputs_json(8_btc)}, {"inputs", Json::array({input(preset[0])})}};
  refused(options);

  course.rig.step(name + ": preset inputs that fall short, add_inputs true");
  options["add_inputs"] = true;
  const Transaction filled = make(wallet, options);
  assert_equal(filled.inputs.size(), 2);
  assert_true(spends(filled, preset[0]));

  course.rig.step(name + ": preset inputs that suffice, add_inputs true");
  options["inputs"].push_back(input(preset[1]));
  const Transaction sufficient = make(wallet, options);
  assert_equal(sufficient.inputs.size(), 2);
  assert_true(spends(sufficient, preset[0]));
  assert_true(spends(sufficient, preset[1]));

  course.rig.step(name + ": no preset inputs, add_inputs true");
  const Transaction added = make(wallet, {{"outputs", outputs_json(8_btc)}, {"add_inputs", true}});
  assert_equal(added.inputs.size(), 2);

  course.rig.step(name + ": no preset inputs, add_inputs false");
  refused({{"outputs", outputs_json(3_btc)}, {"add_inputs", false}});
}

// 20 BTC in all, 15 of them preset: a wallet that counted the preset coins once more among the
// others could pay 29.
void presets_not_counted_twice(const Course& course) {
  ScopedWallet wallet(course.node, "presets_twice");
  const auto coins = wallet.receive(course.bank, {5_btc, 5_btc, 5_btc, 5_btc});
  Json options = {{"outputs", outputs_json(29_btc)},
                  {"inputs", {input(coins[0]), input(coins[1]), input(coins[2])}},
                  {"add_inputs", true},
                  {"subtract_fee_from_outputs", Json::array({0})}};
  assert_raises_rpc_error(-4, kInsufficientFunds, [&] { by_send(wallet, options); });
  options.erase("subtract_fee_from_outputs");
  assert_raises_rpc_error(-4, kInsufficientFunds, [&] { by_send(wallet, options); });

  // What the same coins do cover.
  options["outputs"] = outputs_json(19_btc);
  assert_equal(by_send(wallet, options).inputs.size(), 4);
}

// The preset coins do not cover the payments; `coins` are there to be added.
void short_inputs(const Course& course, const std::string& name, const std::vector<Amount>& preset,
                  const std::vector<Amount>& others, std::vector<TxOut> payments) {
  ScopedWallet wallet(course.node, name);
  const auto coins = wallet.receive(course.bank, preset);
  const auto added = wallet.receive(course.bank, others);
  Transaction payment = draft(std::move(payments), coins);
  // Input scripts are kept, even ones that nothing can be spent with.
  payment.inputs[0].script_sig = Script{p2p::Op::Zero};
  assert_refused(wallet, payment, {{"add_inputs", false}}, -4, kPresetTooSmall);

  for (const Json& options : {Json::object(), Json{{"add_inputs", true}}}) {
    const Funded funded = fund(wallet, payment, options);
    const auto& inputs = funded.transaction.inputs;
    assert_equal(inputs[0].script_sig, Script{p2p::Op::Zero});
    assert_greater_than(inputs.size(), coins.size());
    for (std::size_t i = coins.size(); i < inputs.size(); ++i) {
      assert_true(std::ranges::find(added, inputs[i].prevout) != added.end());
    }
    assert_equal(funded.transaction.outputs.size(), payment.outputs.size() + 1);
    assert_greater_than(funded.change().value, 0_sat);
  }
}

void unknown_input(const Course& course) {
  ScopedWallet wallet(course.node, "unknown_input");
  wallet.receive(course.bank, {5_btc});
  const OutPoint nowhere{p2p::sha256d(as_byte_span("no such transaction")), 0};
  assert_refused(wallet, draft({pay(1_btc)}, {nowhere}), {}, -4,
                 "Unable to find UTXO for external input");
}

}  // namespace

void run_inputs(const Course& course) {
  Rig& rig = course.rig;
  rig.subtest("add_inputs_default_send",
              [&] { add_inputs_default(course, "add_inputs_send", by_send); });
  rig.subtest("add_inputs_default_psbt",
              [&] { add_inputs_default(course, "add_inputs_psbt", by_psbt); });
  rig.subtest("presets_not_counted_twice", [&] { presets_not_counted_twice(course); });
  rig.subtest("one_short_input",
              [&] { short_inputs(course, "one_short_input", {1_btc}, {2_btc}, {pay(1_btc)}); });
  rig.subtest("two_short_inputs", [&] {
    short_inputs(course, "two_short_inputs", {1_btc, 5_btc}, {2_btc}, {pay(6_btc)});
  });
  rig.subtest("two_short_inputs_two_outputs", [&] {
    short_inputs(course, "two_short_inputs_two_outputs", {1_btc, 5_btc}, {2_btc},
                 {pay(6_btc, 0), pay(1_btc, 1)});
  });
  rig.subtest("unknown_input", [&] { unknown_input(course); });
}

}  // namespace noderig::fundraw
