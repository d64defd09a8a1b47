// Inputs that the wallet does not know: it can fund them when it is told how they will be signed,
// or what they will weigh.
#include "fundrawtransaction/parts.h"

#include <noderig/p2p/primitives/hash.h>

namespace noderig::fundraw {
namespace {

// A coin of an owner's wallet with a script that no wallet makes by itself, P2SH of P2PKH, and
// another wallet that is to spend it beside coins of its own.
struct External {
  External(const Course& course, const std::string& name)
      : node(course.node), owner(node, name + "_owner", {.blank = true}), wallet(node, name) {
    const std::string owned = with_checksum(descriptor::sh(descriptor::pkh(key)));
    owner.import_descriptor(owned);
    const std::string address = node.rpc("deriveaddresses", descriptor).at(0).get<std::string>();
    coin = mine_payments(node, course.bank,
                         {pay_to(address, 10_btc), pay_to(wallet.new_address(), 10_btc)})
               .front();
    payment = draft({pay(5_btc)}, {coin});
  }

  void refuses(const Json& options, int code, std::string_view text,
               std::source_location where = std::source_location::current()) const {
    assert_refused(wallet, payment, options, code, text, where);
  }

  // Only the owner can sign it; then the node takes it. The wallet's part and the whole.
  std::pair<Transaction, Transaction> sign(const Funded& funded) const {
    const SigningResult half = wallet.try_sign(funded.transaction);
    assert_true(!half.complete);
    const Transaction whole = owner.sign(half.transaction);
    assert_acceptable(node, whole);
    return {half.transaction, whole};
  }

  Json weight(std::int64_t units) const {
    Json entry = input(coin);
    entry["weight"] = units;
    return Json::array({entry});
  }

  Node& node;
  const Key key = Key::from_phrase("external");
  const std::string descriptor = with_checksum(descriptor::sh(descriptor::pkh(key.public_key())));
  const Json by_descriptor = {{"descriptors", Json::array({descriptor})}};
  ScopedWallet owner;
  ScopedWallet wallet;
  OutPoint coin;
  Transaction payment;
};

// Weight units of an input beside its script: outpoint, sequence, the script's length.
constexpr std::int64_t kBareInput = 4 * (36 + 4 + 1);

void not_solvable(const Course& course) {
  const External external(course, "not_solvable");
  external.refuses({}, -4,
                   "Not solvable pre-selected input COutPoint(" +
                       external.coin.txid.to_string().substr(0, 10) + ", 0)");
}

void bad_solving_data(const Course& course) {
  const External external(course, "bad_solving_data");
  const auto refuse = [&](const char* kind, const char* entry, int code, std::string_view text) {
    external.refuses({{"solving_data", {{kind, Json::array({entry})}}}}, code, text);
  };
  refuse("pubkeys", "not a pubkey", -5, "Pubkey \"not a pubkey\" must be a hex string");
  refuse("pubkeys", "01234567890a0b0c0d0e0f", -5,
         "Pubkey \"01234567890a0b0c0d0e0f\" must have a length of either 33 or 65 bytes");
  refuse("scripts", "not a script", -5, "'not a script' is not hex");
  refuse("descriptors", "not a descriptor", -8, "Unable to parse descriptor 'not a descriptor'");
}

void bad_weight(const Course& course) {
  const External external(course, "bad_weight");
  const auto refuse = [&](const Json& entry, std::string_view text) {
    external.refuses({{"input_weights", Json::array({entry})}}, -8, text);
  };
  Json entry = {{"txid", external.coin.txid}};
  refuse(entry, "Invalid parameter, missing vout key");
  entry["vout"] = -1;
  refuse(entry, "Invalid parameter, vout cannot be negative");
  entry["vout"] = external.coin.index;
  refuse(entry, "Invalid parameter, missing weight key");
  for (const int too_low : {static_cast<int>(kBareInput), -1}) {
    entry["weight"] = too_low;
    refuse(entry, "Invalid parameter, weight cannot be less than 165");
  }
  entry["weight"] = 400'001;
  refuse(entry, "Invalid parameter, weight cannot be greater than");
}

void by_scripts(const Course& course) {
  const External external(course, "by_scripts");
  const auto& key = external.key.public_key().bytes();
  const Json solving = {{"pubkeys", Json::array({to_hex(key)})},
                        {"scripts", Json::array({p2p::p2pkh(p2p::hash160(key)).to_hex()})}};
  external.sign(fund(external.wallet, external.payment, {{"solving_data", solving}}));
}

void by_descriptor(const Course& course) {
  const External external(course, "by_descriptor");
  external.sign(
      fund(external.wallet, external.payment, {{"solving_data", external.by_descriptor}}));
}

// With a weight, it need not be solvable. The weight counts for the fee, before any other
// knowledge.
void by_weight(const Course& course) {
  const External external(course, "by_weight");
  const auto funded = [&](std::int64_t units, Json options) {
    options["input_weights"] = external.weight(units);
    return fund(external.wallet, external.payment, options);
  };
  const auto [half, whole] = external.sign(
      fund(external.wallet, external.payment, {{"solving_data", external.by_descriptor}}));
  const auto weight = static_cast<std::int64_t>(whole.weight() - half.weight()) + kBareInput;

  course.rig.step("external_solved_by_weight: the weight moves the fee");
  const Json at_two = {{"fee_rate", 2}};
  const Funded right = funded(weight, at_two);
  external.sign(right);
  assert_greater_than(right.fee, funded(weight / 2, at_two).fee);
  const Amount high_fee = funded(2 * weight, at_two).fee;
  assert_greater_than(high_fee, right.fee);

  course.rig.step("external_solved_by_weight: the weight goes before the descriptor");
  assert_equal(funded(2 * weight, {{"fee_rate", 2}, {"solving_data", external.by_descriptor}}).fee,
               high_fee);

  course.rig.step("external_solved_by_weight: the rate is met");
  const auto counted_size = [](const Funded& with, std::int64_t units) {
    const auto bare = static_cast<std::int64_t>(with.transaction.weight());
    return (bare + units - kBareInput + 3) / 4;
  };
  const Funded at_ten = funded(2 * weight, {{"fee_rate", 10}});
  assert_fee_amount(at_ten.fee, counted_size(at_ten, 2 * weight), 10 * kFeeRate);

  // Where the length of the script or witness takes more bytes to write.
  course.rig.step("external_solved_by_weight: at the bounds of compact sizes");
  for (const std::int64_t bound : {255, 65'539}) {
    const Funded at_bound = funded(bound, at_two);
    assert_fee_amount(at_bound.fee, counted_size(at_bound, bound), 2 * kFeeRate);
  }
}

}  // namespace

void run_external(const Course& course) {
  Rig& rig = course.rig;
  rig.subtest("external_not_solvable", [&] { not_solvable(course); });
  rig.subtest("external_bad_solving_data", [&] { bad_solving_data(course); });
  rig.subtest("external_bad_weight", [&] { bad_weight(course); });
  rig.subtest("external_solved_by_scripts", [&] { by_scripts(course); });
  rig.subtest("external_solved_by_descriptor", [&] { by_descriptor(course); });
  rig.subtest("external_solved_by_weight", [&] { by_weight(course); });
}

}  // namespace noderig::fundraw
