// Wallets that watch coins whose keys are elsewhere: they fund, others sign.
#include "fundrawtransaction/parts.h"

namespace noderig::fundraw {
namespace {

std::string public_descriptor(const ScopedWallet& owner, const std::string& address) {
  return owner.rpc("getaddressinfo", address).at("desc").get<std::string>();
}

// Two owners, one key each, and a wallet that knows their 2-of-2 and cannot sign.
void spend_2_of_2(const Course& course) {
  ScopedWallet alice(course.node, "2_of_2_alice");
  ScopedWallet bob(course.node, "2_of_2_bob");
  ScopedWallet receiver(course.node, "2_of_2_receiver");
  ScopedWallet shared(course.node, "2_of_2", {.private_keys = false, .blank = true});
  std::vector<descriptor::KeyExpression> keys;
  for (const ScopedWallet* owner : {&alice, &bob}) {
    const Json info = owner->rpc("getaddressinfo", owner->new_address());
    keys.emplace_back(info.at("pubkey").get<std::string>());
  }
  const std::string multi = with_checksum(descriptor::wsh(descriptor::multi(2, keys)));
  shared.import_descriptor(multi);
  const std::string address = course.node.rpc("deriveaddresses", multi).at(0).get<std::string>();
  mine_payments(course.node, course.bank, {pay_to(address, mbtc(1200))});

  const std::string psbt =
      shared.rpc
          .named("walletcreatefundedpsbt",
                 {{"inputs", Json::array()},
                  {"outputs", Json::array({Json{{receiver.new_address(), mbtc(1100)}}})},
                  {"changeAddress", alice.new_change_address()}})
          .at("psbt")
          .get<std::string>();
  assert_raises<AssertionError>([&] { sign_psbt(psbt, {alice}); }, "not complete");
  confirm(course.node, sign_psbt(psbt, {alice, bob}));
  assert_equal(receiver.balance(), mbtc(1100));
}

// A wallet that owns a coin and one that watches it.
struct Watched {
  Watched(const Course& course, const std::string& name)
      : owner(course.node, name + "_owner"),
        watcher(course.node, name, {.private_keys = false, .blank = true}) {
    const std::string address = owner.new_address();
    watcher.import_descriptor(public_descriptor(owner, address));
    coin = mine_payments(course.node, course.bank, {pay_to(address, kValue)}).front();
  }

  static constexpr Amount kValue = 20_btc;

  ScopedWallet owner;
  ScopedWallet watcher;
  OutPoint coin;
};

void watch_only(const Course& course) {
  const Watched watched(course, "watch_only");
  const std::string tree = extended_public_key(Key::from_phrase("watch only")) + "/1/*";
  watched.watcher.import_descriptor(with_checksum(descriptor::wpkh(tree)),
                                    {{"active", true}, {"internal", true}, {"range", {0, 100}}});
  const Transaction payment = draft({pay(Watched::kValue / 2)});
  for (const Json& options : {Json::object(), Json{{"includeWatching", true}}}) {
    const Funded funded = fund(watched.watcher, payment, options);
    assert_equal(funded.transaction.inputs.size(), 1);
    assert_true(spends(funded.transaction, watched.coin));
    assert_greater_than(funded.fee, 0_sat);
    assert_equal(funded.change().value, Watched::kValue / 2 - funded.fee);
  }
}

void all_watched_funds(const Course& course) {
  const Watched watched(course, "all_watched_funds");
  const Funded funded = fund(watched.watcher, draft({pay(Watched::kValue)}),
                             {{"includeWatching", true},
                              {"changeAddress", watched.owner.new_change_address()},
                              {"subtractFeeFromOutputs", Json::array({0})}});
  assert_equal(funded.transaction.inputs.size(), 1);
  assert_true(spends(funded.transaction, watched.coin));
  assert_true(!funded.change_position);
  assert_greater_than(funded.fee, 0_sat);

  const SigningResult unsigned_result = watched.watcher.try_sign(funded.transaction);
  assert_true(!unsigned_result.complete);
  confirm(course.node, watched.owner.sign(unsigned_result.transaction));
}

// Who only watches does not know whether the signer finds a low R, and allows for a byte more.
void longer_signatures(const Course& course) {
  ScopedWallet owner(course.node, "longer_signatures_owner");
  ScopedWallet watcher(course.node, "longer_signatures", {.private_keys = false, .blank = true});
  const Json descriptors = owner.rpc("listdescriptors").at("descriptors");
  for (const Json& imported : watcher.rpc("importdescriptors", descriptors)) {
    assert_true(imported.at("success"));
  }
  owner.receive(course.bank, {10_btc}, "legacy");
  assert_equal(owner.coins(), watcher.coins());

  const Transaction payment = draft({pay(5_btc)});
  const Json at_ten = {{"fee_rate", 10}};
  assert_equal(fund(watcher, payment, at_ten).fee, fund(owner, payment, at_ten).fee + 10_sat);
}

}  // namespace

void run_watching(const Course& course) {
  course.rig.subtest("spend_2_of_2_by_psbt", [&] { spend_2_of_2(course); });
  course.rig.subtest("watch_only", [&] { watch_only(course); });
  course.rig.subtest("all_watched_funds", [&] { all_watched_funds(course); });
  course.rig.subtest("watch_only_longer_signatures", [&] { longer_signatures(course); });
}

}  // namespace noderig::fundraw
