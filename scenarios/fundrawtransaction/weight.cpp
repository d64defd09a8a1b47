// What a transaction will weigh once it is signed decides its fee, and whether it can be.
#include "fundrawtransaction/parts.h"

#include <noderig/framework/chain/sign.h>

namespace noderig::fundraw {
namespace {

const Json kTenPerVbyte = {{"fee_rate", 10}, {"change_type", "bech32"}};
constexpr Amount kTenRate = 10'000_sat;

void own_signatures(const Course& course) {
  ScopedWallet wallet(course.node, "own_signatures");
  const auto coins = wallet.receive(course.bank, {5_btc, 5_btc});
  const Funded funded = fund(wallet, draft({pay(8_btc)}, {coins[0]}), kTenPerVbyte);
  assert_equal(funded.fee, fee_at_rate(kTenRate, p2wpkh_vsize(2, 2)));
  assert_equal(wallet.sign(funded.transaction).vsize(), p2wpkh_vsize(2, 2));
}

// Two coins of somebody else, given with their descriptor: whoever signs them need not find a low
// R. Two, for one byte of a witness alone would be lost in rounding.
void external_signatures(const Course& course) {
  const Key key = recipient_key();
  ScopedWallet wallet(course.node, "external_signatures");
  wallet.receive(course.bank, {5_btc, 5_btc});
  const auto coins = mine_payments(course.node, course.bank, {pay(5_btc), pay(5_btc)});

  Json options = kTenPerVbyte;
  options["solving_data"] = {
      {"descriptors", Json::array({with_checksum(descriptor::wpkh(key.public_key()))})}};
  const Funded funded = fund(wallet, draft({pay(13_btc, 1)}, coins), options);
  const std::int64_t witness = 2 * p2wpkh_witness(72) + p2wpkh_witness(71);
  assert_equal(funded.fee, fee_at_rate(kTenRate, p2wpkh_vsize(3, 2, witness)));

  // The wallet signs its own input, the key the others.
  SigningResult signing = wallet.try_sign(funded.transaction);
  assert_true(!signing.complete);
  const std::vector<TxOut> spent(funded.transaction.inputs.size(), pay(5_btc));
  for (std::size_t i = 0; i < coins.size(); ++i) sign_input(signing.transaction, i, spent, key);
  assert_acceptable(course.node, signing.transaction);
}

// 1480 P2WPKH coins of 0.1 BTC, of which 1479 already weigh more than a standard transaction may:
// 271 weight units each, of 400,000.
void limits(const Course& course) {
  constexpr int kCoins = 1480;
  ScopedWallet wallet(course.node, "weight_limits");
  const auto coins = wallet.receive_many(course.bank, kCoins, mbtc(100));
  const std::vector<TxOut> payments = {pay((kCoins - 1) * mbtc(100))};

  course.rig.step("weight_limits: preset inputs alone");
  assert_refused(wallet, draft(payments, coins), {}, -4, "Transaction too large");

  course.rig.step("weight_limits: automatic selection alone");
  assert_refused(wallet, draft(payments), {}, -4,
                 "The inputs size exceeds the maximum weight. Please try sending a smaller amount "
                 "or manually consolidating your wallet's UTXOs");

  course.rig.step("weight_limits: preset inputs and automatic selection");
  const std::vector<OutPoint> some(coins.begin(), coins.begin() + 1000);
  assert_refused(wallet, draft(payments, some), {}, -4,
                 "The combination of the pre-selected inputs and the wallet automatic inputs "
                 "selection exceeds the transaction maximum weight. Please try sending a smaller "
                 "amount or manually consolidating your wallet's UTXOs");

  course.rig.step("weight_limits: what does fit");
  assert_equal(fund(wallet, draft({pay(100_btc)}, some)).transaction.inputs.size(), 1001);
}

// A target that branch and bound matches exactly, by a selection too large for a transaction.
void selection_too_large(const Course& course) {
  ScopedWallet wallet(course.node, "selection_too_large");
  wallet.receive_many(course.bank, 1500, mbtc(100));
  assert_refused(wallet, draft({pay(14'799'899'260_sat)}), {}, -4,
                 "The inputs size exceeds the maximum weight. Please try sending a smaller amount "
                 "or manually consolidating your wallet's UTXOs");
}

}  // namespace

void run_weight(const Course& course) {
  course.rig.subtest("weight_of_own_signatures", [&] { own_signatures(course); });
  course.rig.subtest("weight_of_external_signatures", [&] { external_signatures(course); });
  course.rig.subtest("weight_limits", [&] { limits(course); });
  course.rig.subtest("selection_too_large", [&] { selection_too_large(course); });
}

}  // namespace noderig::fundraw
