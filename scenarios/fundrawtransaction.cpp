// fundrawtransaction makes a transaction payable: to outputs, and inputs if there are some, it adds
// coins of the wallet and change, and says what the fee is.
//
//   genesis - 1 ... 140 - 141 - 142 - ...
//             |           `------------- a block for each time that wallets are paid
//             `------------------------- coinbases to the rig's own wallet, the bank
//
// Every sub-test makes wallets of its own on one node, has the bank pay them in a block, and
// unloads them: none sees another's coins. Whatever is funded is held to its inputs and outputs, to
// the satoshi (fundraw::fund). The parts, each a file of the folder fundrawtransaction:
//
//   subtraction    the seed's part: the fee taken from payments, in equal shares
//   inputs         preset coins and those that the wallet adds; add_inputs
//   confirmations  unsafe coins, minconf, maxconf
//   weight         what signatures will weigh, and transactions that weigh too much
//   change         the output that takes what is left
//   locked_wallet  change without a key for it
//   options        what is refused, and why
//   fees           the same fee as when the wallet sends by itself
//   fee_rates      both units, zero, rounding, limits of coin selection
//   watching       coins whose keys are elsewhere, PSBT from wallet to wallet
//   external       inputs that the wallet does not know
//
// Fee rates and address types are pinned: daemons differ in their defaults, and amounts are exact.
#include "fundrawtransaction/parts.h"

NODERIG_SCENARIO(fundrawtransaction,
    .summary = "fundrawtransaction selects coins, adds change and pays the right fee",
    .chain = Chain::Mature,
    .args = {"-fallbackfee=0.00001", "-addresstype=bech32", "-changetype=bech32"},
    .needs = {"wallet", "rpc:fundrawtransaction"},
    .tags = {"wallet", "rpc"},
    .timeout = 90s,
    .likelihood = Likelihood::Possible,
    .impact = Impact::Major,
    .links = {"src/wallet/rpc/spend.cpp", "src/wallet/spend.cpp", "src/wallet/coinselection.cpp",
              "BIP174", "BIP380"},
    .subtests = {"subtract_fee_from_one_output", "subtract_fee_from_three_outputs",
                 "subtract_fee_with_presets", "duplicate_outputs", "duplicate_outputs_subtracted",
                 "add_inputs_default_send", "add_inputs_default_psbt", "presets_not_counted_twice",
                 "one_short_input", "two_short_inputs", "two_short_inputs_two_outputs",
                 "unknown_input", "include_unsafe", "minimum_and_maximum_confirmations",
                 "weight_of_own_signatures", "weight_of_external_signatures", "weight_limits",
                 "selection_too_large", "change_position_exact_match", "simple", "two_coins",
                 "two_outputs", "with_change", "without_change", "change_address", "change_type",
                 "change_address_not_reused", "locked_wallet", "unknown_option",
                 "bad_estimate_mode", "bad_conf_target", "bad_fee_rate", "fee_rate_precision",
                 "exclusive_fee_options", "fee_p2pkh", "fee_p2pkh_six_outputs", "fee_p2sh_2_of_2",
                 "fee_p2sh_4_of_5", "many_inputs_fee", "many_inputs_send", "op_return_only",
                 "fee_rate_in_both_units", "zero_fee_rate", "fee_rounding", "fee_not_covered",
                 "selection_bounds_at_high_fee_rate", "spend_2_of_2_by_psbt", "watch_only",
                 "all_watched_funds", "watch_only_longer_signatures", "external_not_solvable",
                 "external_bad_solving_data", "external_bad_weight", "external_solved_by_scripts",
                 "external_solved_by_descriptor", "external_solved_by_weight"}) {
  Node& node = rig.node(0);
  rig.step("mine coins for the bank");
  RigWallet bank(node);
  bank.mine(140 - kMatureBlocks);
  const fundraw::Course course{rig, node, bank};

  fundraw::run_subtraction(course);
  fundraw::run_inputs(course);
  fundraw::run_confirmations(course);
  fundraw::run_weight(course);
  fundraw::run_change(course);
  fundraw::run_locked_wallet(course);
  fundraw::run_options(course);
  fundraw::run_fees(course);
  fundraw::run_fee_rates(course);
  fundraw::run_watching(course);
  fundraw::run_external(course);
}
