// The output that takes what is left: whether there is one, where, and to whom.
#include "fundrawtransaction/parts.h"

#include <noderig/p2p/primitives/hash.h>

namespace noderig::fundraw {
namespace {

void exact_match(const Course& course) {
  ScopedWallet wallet(course.node, "exact_match");
  wallet.receive(course.bank, {10_btc});
  const Funded funded = fund(wallet, draft({pay(10_btc)}),
                             {{"changePosition", 1}, {"subtractFeeFromOutputs", Json::array({0})}});
  assert_equal(funded.transaction.outputs.size(), 1);
  assert_equal(funded.payments().front().value, 10_btc - funded.fee);
}

// Without preset inputs: the wallet chooses, and leaves what it chose unsigned.
void chosen(const Course& course, const std::string& name, const std::vector<Amount>& coins,
            std::vector<TxOut> payments, std::size_t fewest) {
  ScopedWallet wallet(course.node, name);
  wallet.receive(course.bank, coins);
  const Funded funded = fund(wallet, draft(std::move(payments)));
  assert_greater_than_or_equal(funded.transaction.inputs.size(), fewest);
  for (const auto& in : funded.transaction.inputs) {
    assert_true(in.script_sig.empty());
    assert_true(in.witness.empty());
  }
  assert_acceptable(course.node, wallet.sign(funded.transaction));
}

void with_change(const Course& course) {
  ScopedWallet wallet(course.node, "with_change");
  const OutPoint coin = wallet.receive(course.bank, {5_btc}).front();
  const Funded funded = fund(wallet, draft({pay(1_btc)}, {coin}));
  assert_equal(funded.transaction.inputs.size(), 1);
  assert_equal(funded.fee, fee_at_rate(kFeeRate, p2wpkh_vsize(1, 2)));
  assert_equal(funded.change().value, 4_btc - funded.fee);
}

// What is left would cost more than it is worth: it goes to the fee.
void without_change(const Course& course) {
  ScopedWallet wallet(course.node, "without_change");
  const OutPoint coin = wallet.receive(course.bank, {5_btc}).front();
  const Amount fee_with_change = fee_at_rate(kFeeRate, p2wpkh_vsize(1, 2));
  const Amount left = fee_with_change + 2_sat;
  const Funded funded = fund(wallet, draft({pay(5_btc - left)}, {coin}));
  assert_true(!funded.change_position);
  assert_equal(funded.fee, left);
}

void change_address(const Course& course) {
  ScopedWallet wallet(course.node, "change_address");
  const OutPoint coin = wallet.receive(course.bank, {5_btc}).front();
  const Transaction payment = draft({pay(4_btc)}, {coin});
  assert_refused(wallet, payment, {{"changeAddress", "foobar"}}, -5,
                 "Change address must be a valid bitcoin address");

  const std::string address = wallet.new_address();
  assert_refused(wallet, payment, {{"changeAddress", address}, {"changePosition", 2}}, -8,
                 "changePosition out of bounds");
  for (const std::size_t position : {0, 1}) {
    const Funded funded =
        fund(wallet, payment, {{"changeAddress", address}, {"changePosition", position}});
    assert_equal(funded.change_position, position);
    assert_equal(funded.change().script_pubkey, script_for_address(address).value());
  }
}

void change_type(const Course& course) {
  ScopedWallet wallet(course.node, "change_type");
  const OutPoint coin = wallet.receive(course.bank, {5_btc}).front();
  const Transaction payment = draft({pay(4_btc)}, {coin});
  assert_refused(wallet, payment, {{"change_type", nullptr}}, -3,
                 "JSON value of type null is not of expected type string");
  assert_refused(wallet, payment, {{"change_type", ""}}, -5, "Unknown change type ''");

  const auto change_script = [&](std::string_view type) {
    return fund(wallet, payment, {{"change_type", type}}).change().script_pubkey;
  };
  // Told by their lengths and first bytes.
  const auto assert_begins = [](const Script& script, std::size_t size, std::string_view hex) {
    assert_equal(script.size(), size);
    assert_equal(script.to_hex().substr(0, hex.size()), hex);
  };
  assert_begins(change_script("legacy"), 25, "76a914");     // P2PKH
  assert_begins(change_script("p2sh-segwit"), 23, "a914");  // P2SH
  assert_begins(change_script("bech32"), 22, "0014");       // P2WPKH
  assert_begins(change_script("bech32m"), 34, "5120");      // P2TR
}

void not_reused(const Course& course) {
  ScopedWallet wallet(course.node, "not_reused");
  wallet.receive(course.bank, {20_btc});
  const Transaction payment = draft({pay_to(wallet.new_address(), 1_btc)});
  const Script first = fund(wallet, payment).change().script_pubkey;
  const Script second = fund(wallet, payment).change().script_pubkey;
  assert_not_equal(first, second);
  for (const std::string& next : {wallet.new_address(), wallet.new_change_address()}) {
    const Script script = script_for_address(next).value();
    assert_not_equal(script, first);
    assert_not_equal(script, second);
  }
}

}  // namespace

void run_change(const Course& course) {
  Rig& rig = course.rig;
  rig.subtest("change_position_exact_match", [&] { exact_match(course); });
  rig.subtest("simple", [&] { chosen(course, "simple", {5_btc, 5_btc}, {pay(1_btc)}, 1); });
  rig.subtest("two_coins", [&] {
    chosen(course, "two_coins", {mbtc(1500), 1_btc}, {pay(mbtc(2200))}, 2);
  });
  rig.subtest("two_outputs", [&] {
    chosen(course, "two_outputs", {mbtc(1500), 1_btc, 5_btc},
           {pay(mbtc(2600), 0), pay(mbtc(2500), 1)}, 2);
  });
  rig.subtest("with_change", [&] { with_change(course); });
  rig.subtest("without_change", [&] { without_change(course); });
  rig.subtest("change_address", [&] { change_address(course); });
  rig.subtest("change_type", [&] { change_type(course); });
  rig.subtest("change_address_not_reused", [&] { not_reused(course); });
}

}  // namespace noderig::fundraw
