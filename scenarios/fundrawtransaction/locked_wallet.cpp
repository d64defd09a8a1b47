// A locked wallet whose keys are derived by hardened steps cannot make new ones: it can still fund
// what needs no change, and what needs change while its pool of keys lasts.
#include "fundrawtransaction/parts.h"

namespace noderig::fundraw {
namespace {

void locked_wallet(const Course& course) {
  const std::string passphrase = "test";
  ScopedWallet wallet(course.node, "locked");
  const Amount value = 20_btc;
  const OutPoint coin = wallet.receive(course.bank, {value}).front();

  course.rig.step("locked_wallet: encrypt it, with keys below hardened steps");
  wallet.rpc("encryptwallet", passphrase);
  const std::string root = extended_private_key(Key::from_phrase("locked wallet"));
  {
    const UnlockedWallet unlocked(wallet, passphrase);
    wallet.import_descriptor(with_checksum(descriptor::wpkh(root + "/0h/*h")), {{"active", true}});
    wallet.import_descriptor(with_checksum(descriptor::wpkh(root + "/1h/*h")),
                             {{"active", true}, {"internal", true}});
  }
  wallet.new_address();
  wallet.new_change_address();

  course.rig.step("locked_wallet: no key left for change");
  const Amount fee = fee_at_rate(kFeeRate, p2wpkh_vsize(1, 1));
  const Funded changeless = fund(wallet, draft({pay(value - fee)}, {coin}));
  assert_true(!changeless.change_position);
  assert_equal(changeless.fee, fee);
  const Transaction with_change = draft({pay(value - mbtc(100))}, {coin});
  assert_refused(wallet, with_change, {}, -4,
                 "Transaction needs a change address, but we can't generate it.");

  course.rig.step("locked_wallet: keys for change again");
  {
    const UnlockedWallet unlocked(wallet, passphrase);
    wallet.rpc("keypoolrefill", 8);
  }
  const Funded funded = fund(wallet, with_change);
  assert_equal(funded.change().value, mbtc(100) - funded.fee);

  course.rig.step("locked_wallet: spending takes the passphrase");
  assert_raises_rpc_error(-13, "walletpassphrase",
                          [&] { wallet.rpc("sendtoaddress", recipient(), 1_btc); });
  assert_raises_rpc_error(-13, "walletpassphrase", [&] { wallet.sign(funded.transaction); });
  const UnlockedWallet unlocked(wallet, passphrase);
  confirm(course.node, wallet.sign(funded.transaction));
  assert_equal(wallet.balance(), mbtc(100) - funded.fee);
}

}  // namespace

void run_locked_wallet(const Course& course) {
  course.rig.subtest("locked_wallet", [&] { locked_wallet(course); });
}

}  // namespace noderig::fundraw
