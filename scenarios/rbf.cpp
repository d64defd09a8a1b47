// A transaction that spends what one in the mempool spends replaces it when it pays for that: the
// rules of BIP125, as nodes apply them today, each at its very limit.
//
//   genesis - 1 ... 150, whose coinbases are the coins of all sub-tests
//
//   original:     coin -> A -> B -> C         all in the mempool
//   replacement:  coin -> A'                  in place of the three
//
//   node0  the incremental relay fee that all of this project's nodes have, 1 satoshi a byte
//   node1  another one
//
// Nodes that order the mempool by clusters (option limitclustercount) judge by the mempool's fee
// rate diagram instead of fee rates one by one, allow new unconfirmed inputs, and count clusters
// instead of transactions.

#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/node/mempool.h>
#include <noderig/scenario.h>

NODERIG_SCENARIO(rbf,
    .summary = "replacements follow the fee rules to the satoshi, with exact reasons",
    .nodes = 2,
    .chain = Chain::Mature,
    .tags = {"mempool", "policy"},
    .likelihood = Likelihood::Possible,
    .impact = Impact::Major,
    .links = {"BIP125", "src/policy/rbf.cpp"},
    .subtests = {"absolute_fee", "relay_fee", "other_relay_fee", "fee_rate", "descendants",
                 "new_unconfirmed_input", "spends_what_it_replaces", "too_many_conflicts",
                 "several_conflicts", "signalling", "prioritised"},
    .start = Start::Manual) {
  constexpr int kMostConflicts = 100;
  constexpr Amount kRelayFee = 1000_sat;  // for 1000 virtual bytes
  constexpr Amount kOtherFee = 2500_sat;
  constexpr std::uint32_t kFinal = 0xffffffff;        // signals nothing
  constexpr std::uint32_t kReplaceable = 0xfffffffd;  // the highest that signals
  auto& [node, other] = rig.nodes<2>();
  const bool clusters = rig.can("option:limitclustercount");

  // Newer nodes tell of signalling only when asked to.
  if (rig.can("option:deprecatedrpc")) node.set_arguments({"-deprecatedrpc=bip125"});
  const std::vector<std::string> for_other = {"option:incrementalrelayfee"};
  if (rig.can(for_other.front())) {
    other.set_arguments({fmt::format("-incrementalrelayfee={}", kOtherFee.to_string())});
    rig.start({node, other});
  } else {
    rig.start({node});
  }
  RigWallet wallet(node);
  wallet.mine(150 - kMatureBlocks);

  const auto fresh_coin = [&] { return std::vector{wallet.coins().front()}; };
  const auto sum_of_fees = [&](const Uint256& txid, const char* which) {
    return amount_of(node.rpc("getmempoolentry", txid).at("fees").at(which));
  };
  const auto assert_gone = [&](Node& from, const Uint256& txid) {
    assert_raises_rpc_error(-5, "Transaction not in mempool",
                            [&] { from.rpc("getmempoolentry", txid); });
  };
  const auto rejecting = [](const WalletTransaction& replacement, const std::string& why) {
    return fmt::format("rejecting replacement {}{}", replacement.txid().to_string(), why);
  };
  const auto less_fees = [&](const WalletTransaction& replacement, Amount old_fees) {
    return "insufficient fee, " +
           rejecting(replacement, fmt::format(", less fees than conflicting txs; {} < {}",
                                              money_text(replacement.fee), money_text(old_fees)));
  };
  const auto no_relay_fee = [&](const WalletTransaction& replacement, Amount old_fees,
                                Amount needed) {
    return "insufficient fee, " +
           rejecting(replacement,
                     fmt::format(", not enough additional fees to relay; {} < {}",
                                 money_text(replacement.fee - old_fees), money_text(needed)));
  };
  const auto rate_of = [](const WalletTransaction& of) {
    return of.fee * 1000 / static_cast<std::int64_t>(of.vsize());
  };
  const auto low_rate = [&](const WalletTransaction& replacement, const WalletTransaction& old) {
    if (clusters) {
      return std::string(
          "replacement-failed, insufficient feerate: does not improve feerate diagram");
    }
    return "insufficient fee, " +
           rejecting(replacement,
                     fmt::format("; new feerate {} <= old feerate {}",
                                 fee_rate_text(rate_of(replacement)), fee_rate_text(rate_of(old))));
  };

  rig.subtest("absolute_fee", [&] {
    // The replacement is smaller, so its fee rate is higher though its fee is not.
    const std::vector<Coin> coins = fresh_coin();
    const WalletTransaction old =
        wallet.send({.coins = coins, .fee = 20'000_sat, .change_outputs = 10});
    const WalletTransaction poorer = wallet.create({.coins = coins, .fee = old.fee - 1_sat});
    assert_greater_than(rate_of(poorer), rate_of(old));
    assert_equal(refusal_of(node, poorer.transaction), less_fees(poorer, old.fee));
    const MempoolVerdict verdict = test_mempool(node, poorer.transaction);
    assert_equal(verdict.allowed, false);
    assert_equal(verdict.reason, "insufficient fee");
    assert_true(in_mempool(node, old.txid()));
  });

  // The additional fee has to pay for the replacement's own bytes at `rate`.
  const auto check_relay_fee = [&](Node& at, RigWallet& from, Amount rate) {
    const std::vector<Coin> coins{from.coins().front()};
    const WalletTransaction old = from.send({.coins = coins});
    const auto with_additional = [&](Amount fee) {
      return from.create({.coins = coins, .fee = old.fee + fee});
    };
    const auto size = static_cast<std::int64_t>(with_additional(1000_sat).vsize());
    const Amount needed = fee_at_rate(rate, size);
    const WalletTransaction poorer = with_additional(needed - 1_sat);
    assert_equal(refusal_of(at, poorer.transaction), no_relay_fee(poorer, old.fee, needed));
    const WalletTransaction enough = with_additional(needed);
    const MempoolVerdict verdict = test_mempool(at, enough.transaction);
    assert_equal(verdict.fee, old.fee + needed);
    assert_equal(verdict.vsize, enough.vsize());
    assert_equal(refusal_of(at, enough.transaction), "");
    assert_gone(at, old.txid());
    assert_true(in_mempool(at, enough.txid()));
  };

  rig.subtest("relay_fee", [&] {
    assert_equal(node.rpc("getmempoolinfo").at("incrementalrelayfee"), kRelayFee);
    check_relay_fee(node, wallet, kRelayFee);
  });

  rig.subtest("other_relay_fee", for_other, [&] {
    rig.sync_by_rpc({node, other});
    RigWallet other_wallet(other);
    assert_equal(other.rpc("getmempoolinfo").at("incrementalrelayfee"), kOtherFee);
    check_relay_fee(other, other_wallet, kOtherFee);
  });

  rig.subtest("fee_rate", [&] {
    // More fees in all, but less for each byte.
    const std::vector<Coin> coins = fresh_coin();
    const WalletTransaction old = wallet.send({.coins = coins, .fee = 20'000_sat});
    const WalletTransaction larger =
        wallet.create({.coins = coins, .fee = 30'000_sat, .change_outputs = 10});
    assert_greater_than(rate_of(old), rate_of(larger));
    assert_equal(refusal_of(node, larger.transaction), low_rate(larger, old));
    assert_true(in_mempool(node, old.txid()));
  });

  rig.subtest("descendants", [&] {
    const std::vector<Coin> coins = fresh_coin();
    const WalletTransaction a = wallet.send({.coins = coins, .fee = 2'000_sat});
    const WalletTransaction b = wallet.send({.coins = a.change, .fee = 3'000_sat});
    const WalletTransaction c = wallet.send({.coins = b.change, .fee = 4'000_sat});
    const Amount all = a.fee + b.fee + c.fee;
    assert_equal(sum_of_fees(a.txid(), "descendant"), all);
    assert_equal(sum_of_fees(c.txid(), "ancestor"), all);

    const WalletTransaction poorer = wallet.create({.coins = coins, .fee = all - 1_sat});
    assert_equal(refusal_of(node, poorer.transaction), less_fees(poorer, all));
    const Amount own = fee_at_rate(kRelayFee, static_cast<std::int64_t>(poorer.vsize()));
    const WalletTransaction nearly = wallet.create({.coins = coins, .fee = all + own - 1_sat});
    assert_equal(refusal_of(node, nearly.transaction), no_relay_fee(nearly, all, own));
    const WalletTransaction enough = wallet.create({.coins = coins, .fee = all + own});
    assert_equal(refusal_of(node, enough.transaction), "");
    for (const Uint256& txid : {a.txid(), b.txid(), c.txid()}) assert_gone(node, txid);
    assert_equal(node.rpc("getmempoolentry", enough.txid()).at("descendantcount"), 1);
    // What was replaced does not come back: it conflicts now.
    assert_equal(refusal_of(node, a.transaction).starts_with("insufficient fee, "), true);
    assert_equal(refusal_of(node, b.transaction), "bad-txns-inputs-missingorspent");
  });

  rig.subtest("new_unconfirmed_input", [&] {
    const std::vector<Coin> coins = fresh_coin();
    const WalletTransaction old = wallet.send({.coins = coins});
    const WalletTransaction parent = wallet.send();
    const WalletTransaction more = wallet.create(
        {.coins = {coins.front(), parent.change.front()}, .fee = old.fee + 100'000_sat});
    const std::string refused =
        fmt::format("replacement-adds-unconfirmed, replacement {} adds unconfirmed input, idx 1",
                    more.txid().to_string());
    assert_equal(refusal_of(node, more.transaction), clusters ? "" : refused);
    assert_equal(in_mempool(node, old.txid()), !clusters);
    assert_equal(in_mempool(node, more.txid()), clusters);
  });

  rig.subtest("spends_what_it_replaces", [&] {
    const std::vector<Coin> coins = fresh_coin();
    const WalletTransaction old = wallet.send({.coins = coins});
    const WalletTransaction both =
        wallet.create({.coins = {coins.front(), old.change.front()}, .fee = old.fee + 100'000_sat});
    assert_equal(refusal_of(node, both.transaction),
                 fmt::format("bad-txns-spends-conflicting-tx, {} spends conflicting transaction {}",
                             both.txid().to_string(), old.txid().to_string()));
  });

  // Confirmed coins, each spent by a transaction in the mempool, and what they pay together.
  const auto spend_one_by_one = [&](int count) {
    const WalletTransaction split = wallet.send({.change_outputs = count});
    node.mine_mempool();
    std::vector<rpc::BatchCall> calls;
    Amount fees;
    for (const Coin& coin : split.change) {
      const WalletTransaction spent = wallet.create({.coins = {coin}, .fee = 500_sat});
      fees += spent.fee;
      calls.push_back({"sendrawtransaction", Json::array({Json(spent.transaction)})});
    }
    for (const rpc::BatchResult& result : node.rpc.batch(calls)) result.value();
    return std::pair(split.change, fees);
  };

  rig.subtest("too_many_conflicts", [&] {
    auto [coins, fees] = spend_one_by_one(kMostConflicts + 1);
    const WalletTransaction all = wallet.create({.coins = coins, .fee = fees + 1'000'000_sat});
    assert_equal(
        refusal_of(node, all.transaction),
        "too many potential replacements, " +
            rejecting(all, fmt::format("; too many {} ({} > {})",
                                       clusters ? "conflicting clusters" : "potential replacements",
                                       kMostConflicts + 1, kMostConflicts)));
    const Coin spared = coins.back();
    coins.pop_back();
    const std::size_t before = mempool_txids(node).size();
    const WalletTransaction most = wallet.create({.coins = coins, .fee = fees + 1'000'000_sat});
    assert_equal(refusal_of(node, most.transaction), "");
    assert_equal(mempool_txids(node).size(), before - kMostConflicts + 1);
    const Json left =
        node.rpc("gettxspendingprevout",
                 Json::array({{{"txid", spared.outpoint.txid}, {"vout", spared.outpoint.index}}}));
    assert_true(left.at(0).contains("spendingtxid"));
  });

  rig.subtest("several_conflicts", [&] {
    const auto [coins, fees] = spend_one_by_one(3);
    const WalletTransaction poorer = wallet.create({.coins = coins, .fee = fees - 1_sat});
    const std::string refused = refusal_of(node, poorer.transaction);
    // Its fee rate is below theirs too, since the three have more outputs.
    assert_equal(refused, less_fees(poorer, fees));
    const Amount own = fee_at_rate(kRelayFee, static_cast<std::int64_t>(poorer.vsize()));
    assert_equal(refusal_of(node, wallet.create({.coins = coins, .fee = fees + own}).transaction),
                 "");
  });

  rig.subtest("signalling", [&] {
    const auto signals = [&](const WalletTransaction& of) {
      return node.rpc("getmempoolentry", of.txid()).at("bip125-replaceable").get<bool>();
    };
    const std::vector<Coin> coins = fresh_coin();
    const WalletTransaction silent = wallet.send({.coins = coins, .sequence = kFinal});
    const WalletTransaction above = wallet.send({.sequence = kReplaceable + 1});
    const WalletTransaction signalling = wallet.send({.sequence = kReplaceable});
    const WalletTransaction child = wallet.send({.coins = signalling.change, .sequence = kFinal});
    assert_equal(signals(silent), false);
    assert_equal(signals(above), false);
    assert_equal(signals(signalling), true);
    assert_equal(signals(child), true);  // from its parent

    // Replaced all the same: signalling is no condition any more.
    const WalletTransaction better =
        wallet.create({.coins = coins, .fee = silent.fee + 10'000_sat, .sequence = kFinal});
    assert_equal(refusal_of(node, better.transaction), "");
    assert_gone(node, silent.txid());
  });

  rig.subtest("prioritised", [&] {
    // The fee that counts is the modified one, on both sides.
    const std::vector<Coin> coins = fresh_coin();
    const WalletTransaction old = wallet.send({.coins = coins, .fee = 10'000_sat});
    const WalletTransaction better = wallet.create({.coins = coins, .fee = 12'000_sat});
    const auto raise = [&](const WalletTransaction& which, Amount by) {
      node.rpc("prioritisetransaction", which.txid(), 0, by.satoshi());
    };
    raise(old, 5'000_sat);
    assert_equal(sum_of_fees(old.txid(), "modified"), old.fee + 5'000_sat);
    assert_equal(sum_of_fees(old.txid(), "base"), old.fee);
    WalletTransaction as_it_counts = old;
    as_it_counts.fee += 5'000_sat;
    const std::string refusal = refusal_of(node, better.transaction);
    assert_equal(refusal,
                 clusters ? less_fees(better, as_it_counts.fee) : low_rate(better, as_it_counts));
    assert_true(in_mempool(node, old.txid()));

    raise(better, 4'000_sat);
    assert_equal(refusal_of(node, better.transaction), "");
    assert_gone(node, old.txid());
    assert_equal(sum_of_fees(better.txid(), "modified"), better.fee + 4'000_sat);
  });
}
