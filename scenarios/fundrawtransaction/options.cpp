// Options that fundrawtransaction refuses, each with its reason.
#include "fundrawtransaction/parts.h"

namespace noderig::fundraw {
namespace {

// A wallet with one coin, and a draft that it could fund.
struct Fundable {
  Fundable(const Course& course, const std::string& name) : wallet(course.node, name) {
    wallet.receive(course.bank, {20_btc});
    fund(wallet, payment);
  }

  void refuses(const Json& options, int code, std::string_view text,
               std::source_location where = std::source_location::current()) const {
    assert_refused(wallet, payment, options, code, text, where);
  }

  ScopedWallet wallet;
  Transaction payment = draft({pay(1_btc)});
};

void unknown_option(const Course& course) {
  const Fundable fundable(course, "unknown_option");
  const rpc::Client& rpc = fundable.wallet.rpc;
  fundable.refuses({{"foo", "bar"}}, -8, "Unknown named parameter foo");
  fundable.refuses({{"options", {{"foo", "bar"}}}}, -3, "Unexpected key foo");
  // Was an option once.
  fundable.refuses({{"reserveChangeKey", true}}, -8, "Unknown named parameter reserveChangeKey");

  // Once stood for includeWatching alone.
  const auto with_true = [&] { return rpc("fundrawtransaction", fundable.payment, true); };
  if (course.rig.can("fund-options-true")) {
    assert_greater_than(amount_of(with_true().at("fee")), 0_sat);
  } else {
    assert_raises_rpc_error(-3, "JSON value of type bool is not of expected type object",
                            with_true);
  }
}

void bad_estimate_mode(const Course& course) {
  const Fundable fundable(course, "bad_estimate_mode");
  const auto mode = [](const Json& value) {
    return Json{{"estimate_mode", value}, {"conf_target", 0.1}, {"add_inputs", true}};
  };
  fundable.refuses(mode(42), -3,
                   "JSON value of type number for field estimate_mode is not of expected type "
                   "string");
  fundable.refuses(mode({{"foo", "bar"}}), -3,
                   "JSON value of type object for field estimate_mode is not of expected type "
                   "string");
  for (const char* unknown : {"", "foo", "3.141592"}) {
    fundable.refuses(mode(unknown), -8,
                     "Invalid estimate_mode parameter, must be one of: \"unset\", \"economical\", "
                     "\"conservative\"");
  }
}

void bad_conf_target(const Course& course) {
  const Fundable fundable(course, "bad_conf_target");
  for (const char* mode : {"unset", "economical", "conservative"}) {
    const auto target = [&](const Json& value) {
      return Json{{"estimate_mode", mode}, {"conf_target", value}, {"add_inputs", true}};
    };
    fundable.refuses(target(""), -3,
                     "JSON value of type string for field conf_target is not of expected type "
                     "number");
    fundable.refuses(target({{"foo", "bar"}}), -3,
                     "JSON value of type object for field conf_target is not of expected type "
                     "number");
    for (const int blocks : {-1, 0, 1009}) {
      fundable.refuses(target(blocks), -8, "Invalid conf_target, must be between 1 and 1008");
    }
  }
}

void bad_fee_rate(const Course& course) {
  const Fundable fundable(course, "bad_fee_rate");
  const auto refuse_both = [&](const Json& value, std::string_view text) {
    for (const char* option : {"fee_rate", "feeRate"}) {
      fundable.refuses({{option, value}, {"add_inputs", true}}, -3, text);
    }
  };
  // More than -maxtxfee for a transaction of this size.
  const std::string_view kTooHigh =
      "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)";
  fundable.refuses({{"fee_rate", 100'000}}, -4, kTooHigh);
  fundable.refuses({{"feeRate", 1}}, -4, kTooHigh);
  refuse_both(-1, "Amount out of range");
  refuse_both({{"foo", "bar"}}, "Amount is not a number or string");
  for (const Json& unreadable : {Json(""), Json(0.000000001), Json(1.111111111),
                                 Json(1'111'111'111'111'111), Json("31.999999999999999999999")}) {
    refuse_both(unreadable, "Invalid amount");
  }
}

// fee_rate counts in thousandths of a satoshi, and below one satoshi nothing is asked but that.
void fee_rate_precision(const Course& course) {
  const Fundable fundable(course, "fee_rate_precision");
  for (const double value : {0.0001, 0.00000001, 0.00099999, 31.99999999}) {
    fundable.refuses({{"fee_rate", value}, {"add_inputs", true}}, -3, "Invalid amount");
  }
  const Amount fee = fee_at_rate(991_sat, p2wpkh_vsize(1, 2));
  assert_equal(fund(fundable.wallet, fundable.payment, {{"fee_rate", 0.991}}).fee, fee);
  assert_equal(fund(fundable.wallet, fundable.payment, {{"feeRate", 0.00000991}}).fee, fee);
}

void exclusive_fee_options(const Course& course) {
  const Fundable fundable(course, "exclusive_fee_options");
  const auto refuse_pair = [&](const Json& pair, std::string_view text) {
    fundable.refuses(pair, -8, text);
  };
  refuse_pair({{"fee_rate", 0.1}, {"feeRate", 0.1}},
              "Cannot specify both fee_rate (sat/vB) and feeRate (BTC/kvB)");
  refuse_pair({{"estimate_mode", "economical"}, {"feeRate", 0.1}},
              "Cannot specify both estimate_mode and feeRate");
  refuse_pair({{"estimate_mode", "economical"}, {"fee_rate", 1}},
              "Cannot specify both estimate_mode and fee_rate");
  for (const std::string option : {"feeRate", "fee_rate"}) {
    refuse_pair({{option, 1}, {"conf_target", 1}},
                "Cannot specify both conf_target and " + option +
                    ". Please provide either a confirmation target in blocks for automatic fee "
                    "estimation, or an explicit fee rate.");
  }
}

}  // namespace

void run_options(const Course& course) {
  course.rig.subtest("unknown_option", [&] { unknown_option(course); });
  course.rig.subtest("bad_estimate_mode", [&] { bad_estimate_mode(course); });
  course.rig.subtest("bad_conf_target", [&] { bad_conf_target(course); });
  course.rig.subtest("bad_fee_rate", [&] { bad_fee_rate(course); });
  course.rig.subtest("fee_rate_precision", [&] { fee_rate_precision(course); });
  course.rig.subtest("exclusive_fee_options", [&] { exclusive_fee_options(course); });
}

}  // namespace noderig::fundraw
