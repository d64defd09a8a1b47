// The seed's part: who pays the fee. subtractFeeFromOutputs takes it from payments instead of the
// change, in equal shares, and changes nothing else.
#include "fundrawtransaction/parts.h"

namespace noderig::fundraw {
namespace {

// 2 x the default rate, in both units that fundrawtransaction takes.
const Json kTwiceTheRate[] = {{{"feeRate", 2 * kFeeRate}}, {{"fee_rate", 2}}};

Json with(Json options, const Json& more) {
  options.update(more);
  return options;
}

void one_output(const Course& course, const Json& twice) {
  ScopedWallet wallet(course.node, "subtract_one_" + twice.begin().key());
  const OutPoint coin = wallet.receive(course.bank, {20_btc}).front();
  // Exactly one input, so that coin selection cannot skew the result.
  const std::vector<WalletCoin> coins = wallet.coins();
  assert_equal(coins.size(), 1);
  assert_equal(coins[0].outpoint, coin);
  assert_equal(coins[0].value, 20_btc);
  assert_equal(coins[0].confirmations, 1);

  const Transaction payment = draft({pay(1_btc)});
  const Json from_first = {{"subtractFeeFromOutputs", Json::array({0})}};
  const Funded unnamed = fund(wallet, payment);
  const Funded empty = fund(wallet, payment, {{"subtractFeeFromOutputs", Json::array()}});
  const Funded subtracted = fund(wallet, payment, from_first);
  const Funded dear = fund(wallet, payment, twice);
  const Funded dear_subtracted = fund(wallet, payment, with(twice, from_first));

  assert_equal(unnamed.fee, empty.fee, subtracted.fee, fee_at_rate(kFeeRate, p2wpkh_vsize(1, 2)));
  assert_equal(dear.fee, dear_subtracted.fee, 2 * unnamed.fee);

  const auto output = [](const Funded& funded) { return funded.payments().front().value; };
  const auto change = [](const Funded& funded) { return funded.change().value; };
  assert_equal(change(unnamed), change(empty));
  assert_equal(output(unnamed), output(empty), output(subtracted) + subtracted.fee);
  assert_equal(change(unnamed) + unnamed.fee, change(subtracted));
  assert_equal(output(dear), output(dear_subtracted) + dear_subtracted.fee);
  assert_equal(change(dear) + dear.fee, change(dear_subtracted));
}

void three_of_four_outputs(const Course& course) {
  ScopedWallet wallet(course.node, "subtract_three");
  wallet.receive(course.bank, {20_btc});

  const Transaction payment =
      draft({pay(mbtc(1000), 0), pay(mbtc(1100), 1), pay(mbtc(1200), 2), pay(mbtc(1300), 3)});
  // A rate whose fee does not divide by three.
  const Funded normal = fund(wallet, payment, {{"fee_rate", 1.2}});
  const Funded shared =
      fund(wallet, payment, {{"fee_rate", 1.2}, {"subtractFeeFromOutputs", {0, 2, 3}}});
  assert_equal(normal.fee, shared.fee);
  const Amount remainder = Amount::sat(shared.fee.satoshi() % 3);
  assert_greater_than(remainder, 0_sat);

  std::vector<Amount> share;
  for (std::size_t i = 0; i < payment.outputs.size(); ++i) {
    share.push_back(normal.payments().at(i).value - shared.payments().at(i).value);
  }
  assert_equal(share[1], 0_sat);
  assert_greater_than(share[2], 0_sat);
  assert_equal(share[2], share[3]);
  assert_equal(share[0], share[2] + remainder);  // the first of them pays what does not divide
  assert_equal(share[0] + share[2] + share[3], shared.fee);
}

void with_presets(const Course& course) {
  ScopedWallet wallet(course.node, "subtract_presets");
  const OutPoint coin = wallet.receive(course.bank, {10_btc}).front();
  const Funded funded =
      fund(wallet, draft({pay(5_btc)}, {coin}), {{"subtractFeeFromOutputs", Json::array({0})}});
  assert_equal(funded.transaction.inputs.size(), 1);
  assert_equal(funded.change().value, 5_btc);
  assert_equal(funded.payments().front().value, 5_btc - funded.fee);
  confirm(course.node, wallet.sign(funded.transaction));
}

// Two outputs that are equal in script and value are two payments all the same.
void duplicates(const Course& course, const std::string& name, const Json& options) {
  ScopedWallet wallet(course.node, name);
  wallet.receive(course.bank, {5_btc});
  const Funded funded = fund(wallet, draft({pay(1_btc), pay(1_btc)}), options);
  const auto payments = funded.payments();
  assert_equal(payments[0].value + payments[1].value,
               options.contains("subtractFeeFromOutputs") ? 2_btc - funded.fee : 2_btc);
  confirm(course.node, wallet.sign(funded.transaction));
}

}  // namespace

void run_subtraction(const Course& course) {
  course.rig.subtest("subtract_fee_from_one_output", [&] {
    for (const Json& twice : kTwiceTheRate) one_output(course, twice);
  });
  course.rig.subtest("subtract_fee_from_three_outputs", [&] { three_of_four_outputs(course); });
  course.rig.subtest("subtract_fee_with_presets", [&] { with_presets(course); });
  course.rig.subtest("duplicate_outputs", [&] {
    duplicates(course, "duplicates", {{"add_inputs", true}});
  });
  course.rig.subtest("duplicate_outputs_subtracted", [&] {
    duplicates(course, "duplicates_subtracted",
               {{"add_inputs", true}, {"subtractFeeFromOutputs", {0, 1}}});
  });
}

}  // namespace noderig::fundraw
