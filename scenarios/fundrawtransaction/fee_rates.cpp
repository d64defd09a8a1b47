// Fee rates: the two options for them, rates that reach the limits of coin selection, and coins
// that cover the amount but not the fee.
#include "fundrawtransaction/parts.h"

#include <fmt/format.h>
#include <noderig/framework/node/expectations.h>

namespace noderig::fundraw {
namespace {

void both_units(const Course& course) {
  ScopedWallet wallet(course.node, "both_units");
  // Exactly one input, so that coin selection cannot skew the result.
  wallet.receive(course.bank, {20_btc});
  const Transaction payment = draft({pay_to(wallet.new_address(), 1_btc)});
  const Amount unnamed = fund(wallet, payment).fee;
  assert_equal(unnamed, 141_sat);

  for (const Json& twice : {Json{{"fee_rate", 2}}, Json{{"fee_rate", "2"}},
                            Json{{"feeRate", 0.00002}}, Json{{"feeRate", 2 * kFeeRate}}}) {
    assert_equal(fund(wallet, payment, twice).fee, 2 * unnamed);
  }
  for (const Json& ten_times : {Json{{"fee_rate", 10}}, Json{{"fee_rate", "10.000"}},
                                Json{{"feeRate", 0.0001}}, Json{{"feeRate", 10 * kFeeRate}}}) {
    assert_equal(fund(wallet, payment, ten_times).fee, 10 * unnamed);
  }
  assert_equal(fund(wallet, payment, {{"fee_rate", 10'000}}).fee, 10'000 * unnamed);
}

// A transaction without a fee is not standard, and can be funded all the same.
void zero(const Course& course) {
  ScopedWallet wallet(course.node, "zero_fee_rate");
  wallet.receive(course.bank, {20_btc});
  const Transaction payment = draft({pay(1_btc)});
  for (const char* option : {"fee_rate", "feeRate"}) {
    for (const Json& none : {Json(0), Json(0.0), Json("0"), Json("0.000"), Json("0.00000000")}) {
      assert_equal(fund(wallet, payment, {{option, none}}).fee, 0_sat);
    }
  }
}

// The input costs 125.8 satoshi at this rate, the rest 77.7. Each is rounded up: 204 are needed,
// and a wallet that rounded down would believe that 202 suffice, and then fail its own check.
void rounding(const Course& course) {
  ScopedWallet wallet(course.node, "fee_rounding");
  wallet.receive(course.bank, {1_btc});
  const auto payment = [](Amount left) { return draft({pay(1_btc - left)}); };
  assert_refused(wallet, payment(202_sat), {{"fee_rate", 1.85}}, -4,
                 expectations::fee_not_covered(course.node.profile(), 78_sat));
  assert_equal(fund(wallet, payment(204_sat), {{"fee_rate", 1.85}}).fee, 204_sat);
}

// The coins are worth what is to be paid, and no more.
void fee_not_covered(const Course& course) {
  ScopedWallet wallet(course.node, "fee_not_covered");
  const OutPoint large = wallet.receive(course.bank, {mbtc(300)}).front();
  const OutPoint small = wallet.receive(course.bank, {mbtc(150)}).front();
  const Json at_one = {{"fee_rate", 1}};
  const Json from_payment = {{"subtractFeeFromOutputs", Json::array({0})}};
  const std::string text = expectations::fee_not_covered(course.node.profile(), 42_sat);

  course.rig.step("fee_not_covered: without preset inputs");
  const Transaction all = draft({pay(mbtc(450))});
  assert_refused(wallet, all, at_one, -4, text);
  assert_equal(fund(wallet, all, from_payment).transaction.outputs.size(), 1);
  assert_refused(wallet, all, {{"minconf", 6}}, -4, kInsufficientFunds);

  course.rig.step("fee_not_covered: with a preset input");
  const Transaction all_preset = draft({pay(mbtc(450))}, {small});
  assert_refused(wallet, all_preset, at_one, -4, text);
  assert_true(spends(fund(wallet, all_preset, from_payment).transaction, large));

  course.rig.step("fee_not_covered: from a preset input alone");
  const Transaction exact = draft({pay(mbtc(150))}, {small});
  assert_refused(wallet, exact, {{"fee_rate", 1}, {"add_inputs", false}}, -4, kPresetTooSmall);
  const Json preset_from_payment = {{"subtractFeeFromOutputs", Json::array({0})},
                                    {"add_inputs", false}};
  assert_equal(fund(wallet, exact, preset_from_payment).transaction.inputs.size(), 1);
}

// Three coins of 1 BTC, a target that needs more than two of them with the fees and no more than
// two without. A selection that looked at the coins' values alone would choose two and pay too low
// a fee; the rate is so high that the least change does not hide it.
void selection_bounds(const Course& course) {
  const Amount rate = mbtc(100);
  Node& node =
      course.rig.add_node({fmt::format("-minrelaytxfee={}", rate.to_string()), "-discardfee=0"});
  node.start();
  RigWallet bank(node);
  bank.mine(regtest::kCoinbaseMaturity + 1);
  ScopedWallet wallet(node, "selection_bounds");
  wallet.receive(bank, {1_btc, 1_btc, 1_btc});

  const Funded with_change = fund(wallet, draft({pay(mbtc(1500))}));
  const Transaction whole = draft({pay(2_btc)});
  const Funded without_change = fund(wallet, whole, {{"subtractFeeFromOutputs", Json::array({0})}});
  const Amount fees = without_change.fee;
  assert_greater_than(fees, mbtc(10));
  const Amount cost_of_change = with_change.fee - fees;
  const Amount overhead = fee_at_rate(rate, static_cast<std::int64_t>(whole.total_size()));
  const Amount least_change = mbtc(10);

  const Amount lower = 2_btc + 1_sat - fees;
  const Amount upper = 2_btc - cost_of_change - overhead - least_change;
  assert_greater_than_or_equal(upper, lower);
  for (const Amount target : {lower, upper}) {
    const Funded funded = fund(wallet, draft({pay(target)}));
    assert_equal(funded.transaction.inputs.size(), 3);
    assert_acceptable(node, wallet.sign(funded.transaction));
  }
}

}  // namespace

void run_fee_rates(const Course& course) {
  course.rig.subtest("fee_rate_in_both_units", [&] { both_units(course); });
  course.rig.subtest("zero_fee_rate", [&] { zero(course); });
  course.rig.subtest("fee_rounding", [&] { rounding(course); });
  course.rig.subtest("fee_not_covered", [&] { fee_not_covered(course); });
  course.rig.subtest("selection_bounds_at_high_fee_rate", [&] { selection_bounds(course); });
}

}  // namespace noderig::fundraw
