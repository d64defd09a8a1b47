// How far transactions may depend on each other in the mempool, and how those that do are judged
// together.
//
//   chain:    coin - T1 - T2 - ... - T25               no further ancestor
//   fan:      coin - P, 24 children of P               no further descendant, but one small one
//   package:  coin - parent (pays nothing) - child     taken together for what both pay
//
// Nodes that order the mempool by clusters (option limitclustercount) limit what is connected in
// any way instead: 64 transactions, 101 kvB.

#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/node/mempool.h>
#include <noderig/p2p/primitives/hash.h>
#include <noderig/scenario.h>

namespace {

using namespace noderig;

constexpr std::int32_t kTruc = 3;  // version of topologically restricted transactions (BIP431)

std::vector<p2p::Transaction> transactions_of(const std::vector<WalletTransaction>& of) {
  std::vector<p2p::Transaction> transactions;
  for (const WalletTransaction& each : of) transactions.push_back(each.transaction);
  return transactions;
}

Json to_json_array(const std::vector<WalletTransaction>& package) {
  Json array = Json::array();
  for (const WalletTransaction& each : package) array.push_back(each.transaction);
  return array;
}

}  // namespace

NODERIG_SCENARIO(package_limits,
    .summary = "limits of ancestors, descendants and clusters; packages, TRUC, ephemeral dust",
    .chain = Chain::Mature,
    .tags = {"mempool", "policy"},
    .likelihood = Likelihood::Possible,
    .impact = Impact::Major,
    .links = {"BIP431", "src/policy/packages.cpp", "src/policy/truc_policy.cpp",
              "src/policy/ephemeral_policy.cpp"},
    .subtests = {"ancestor_count", "descendant_count", "size", "cluster_count", "cluster_size",
                 "package_form", "package_count", "package_pays_together", "package_refused",
                 "package_known_parts", "package_replaces", "truc_size", "truc_family",
                 "truc_sibling", "ephemeral_dust", "ephemeral_dust_refused"}) {
  constexpr int kMostAncestors = 25;  // itself included, as of descendants
  constexpr int kMostInCluster = 64;
  constexpr int kMostInPackage = 25;
  constexpr std::size_t kSizeLimit = 101'000;
  constexpr std::size_t kLarge = 50'000;
  constexpr std::size_t kMostTruc = 10'000;
  constexpr std::size_t kMostTrucChild = 1'000;
  constexpr Amount kRelayRate = 1000_sat;
  const std::string clusters = "option:limitclustercount";
  Node& node = rig.node(0);
  RigWallet wallet(node);
  wallet.mine(140 - kMatureBlocks);

  const auto fee_of = [&](const WalletTransaction& of) {
    return fee_at_rate(kRelayRate, static_cast<std::int64_t>(of.vsize()));
  };
  // The plan with as many small outputs, and one of filling, as make it exactly so large. Standard
  // everywhere, unlike much filling. The change, its last output, has nearly all of the value.
  const auto sized = [&](SpendPlan plan, std::size_t size) {
    constexpr std::size_t kOutputBytes = 43;
    constexpr std::size_t kFillingBytes = 11;  // the filling's output without its data
    const std::size_t smallest = wallet.create(plan).vsize();
    plan.outputs.assign(
        (size - smallest - kFillingBytes - 3) / kOutputBytes,
        TxOut{.value = 1'000_sat, .script_pubkey = p2wsh(sha256(as_byte_span("nobody")))});
    const std::size_t gap = size - wallet.create(plan).vsize();
    plan.outputs.push_back(
        {.value = 0_sat, .script_pubkey = op_return(Bytes(gap - kFillingBytes, std::byte{0xff}))});
    WalletTransaction made = wallet.create(plan);
    assert_equal(made.vsize(), size);
    return made;
  };
  const auto change_of = [](const WalletTransaction& of) { return std::vector{of.change.back()}; };
  const auto chain_from = [&](std::vector<Coin> coins, int count, std::size_t size = 0) {
    std::vector<WalletTransaction> chain;
    for (int i = 0; i < count; ++i) {
      chain.push_back(size == 0 ? wallet.create({.coins = coins}) : sized({.coins = coins}, size));
      coins = change_of(chain.back());
    }
    return chain;
  };
  const auto accept = [&](const std::vector<WalletTransaction>& some) {
    std::vector<rpc::BatchCall> calls;
    for (const WalletTransaction& each : some) {
      calls.push_back({"sendrawtransaction", Json::array({Json(each.transaction), 0})});
    }
    for (const rpc::BatchResult& result : node.rpc.batch(calls)) result.value();
  };
  const auto refusal = [&](const WalletTransaction& of) {
    return refusal_of(node, of.transaction);
  };
  const auto fresh_coin = [&] {
    wallet.sync();
    return std::vector{wallet.coins().front()};
  };
  const auto names = [](const WalletTransaction& of) {
    return fmt::format("tx {} (wtxid={})", of.txid().to_string(), of.wtxid().to_string());
  };
  // Sub-tests leave what they sent in the mempool, but no more than the next block takes.
  const auto subtest = [&](const std::string& name, const std::vector<std::string>& needs,
                           const std::function<void()>& body) {
    rig.subtest(name, needs, [&] {
      node.mine_mempool();
      assert_equal(mempool_txids(node).size(), 0);
      body();
    });
  };
  // For limits that nodes with clusters do not have.
  const auto skip_with_clusters = [&] {
    if (rig.can(clusters)) rig.skip(node.profile().to_string() + " limits clusters instead");
  };

  // ------------------------------------------------------------------------- The mempool's limits

  subtest("ancestor_count", {}, [&] {
    skip_with_clusters();
    const auto chain = chain_from(fresh_coin(), kMostAncestors + 1);
    accept({chain.begin(), chain.end() - 1});
    const Json last = node.rpc("getmempoolentry", chain[kMostAncestors - 1].txid());
    assert_equal(last.at("ancestorcount"), kMostAncestors);
    assert_equal(refusal(chain.back()),
                 fmt::format("too-long-mempool-chain, too many unconfirmed ancestors [limit: {}]",
                             kMostAncestors));
    // Nor does a second child at the end of the chain fit, nor one that spends several links.
    const WalletTransaction two = wallet.create(
        {.coins = {chain[kMostAncestors - 1].change.front(), wallet.coins().front()}});
    assert_equal(test_mempool(node, two.transaction).reason, "too-long-mempool-chain");
    // A block makes room.
    node.mine(BlockContent{.transactions = {chain.front().transaction}});
    assert_equal(refusal(chain.back()), "");
  });

  subtest("descendant_count", {}, [&] {
    skip_with_clusters();
    const WalletTransaction parent =
        wallet.send({.coins = fresh_coin(), .change_outputs = kMostAncestors + 1});
    const auto child = [&](std::size_t output, std::size_t size = 150) {
      return sized({.coins = {parent.change.at(output)}}, size);
    };
    std::vector<WalletTransaction> children;
    for (std::size_t i = 0; i + 1 < kMostAncestors; ++i) children.push_back(child(i));
    accept(children);
    assert_equal(node.rpc("getmempoolentry", parent.txid()).at("descendantcount"), kMostAncestors);
    const std::string too_many =
        fmt::format("too-long-mempool-chain, too many descendants for tx {} [limit: {}]",
                    parent.txid().to_string(), kMostAncestors);
    // A grandchild counts as well.
    assert_equal(refusal(wallet.create({.coins = children.front().change})), too_many);
    // One more is let in when it has one ancestor and is small: it may raise the fee of a contract.
    assert_equal(refusal(child(kMostAncestors - 1, 10'001)), too_many);
    assert_equal(refusal(child(kMostAncestors - 1, 9'000)), "");
    assert_equal(refusal(child(kMostAncestors)), too_many);
  });

  subtest("size", {}, [&] {
    skip_with_clusters();
    const auto chain = chain_from(fresh_coin(), 3, kLarge);
    accept({chain.begin(), chain.end() - 1});
    assert_equal(node.rpc("getmempoolentry", chain[1].txid()).at("ancestorsize"), 2 * kLarge);
    assert_equal(refusal(chain.back()),
                 fmt::format("too-long-mempool-chain, exceeds descendant size limit for tx {} "
                             "[limit: {}]",
                             chain.front().txid().to_string(), kSizeLimit));
    // Two large parents beside each other are ancestors too.
    const auto pair = chain_from(fresh_coin(), 1, kLarge);
    accept(pair);
    const WalletTransaction both =
        wallet.create({.coins = {chain[1].change.back(), pair[0].change.back()}});
    assert_equal(
        refusal(both),
        fmt::format("too-long-mempool-chain, exceeds ancestor size limit [limit: {}]", kSizeLimit));
  });

  subtest("cluster_count", {clusters}, [&] {
    // A parent, its children, and a transaction that ties another one to them.
    const WalletTransaction parent =
        wallet.send({.coins = fresh_coin(), .change_outputs = kMostInCluster});
    std::vector<WalletTransaction> children;
    for (std::size_t i = 0; i + 2 < kMostInCluster; ++i) {
      children.push_back(wallet.create({.coins = {parent.change.at(i)}}));
    }
    accept(children);
    const WalletTransaction apart = wallet.send({.coins = fresh_coin()});
    const WalletTransaction tie =
        wallet.create({.coins = {children.back().change.front(), apart.change.front()}});
    assert_equal(refusal(tie), "too-large-cluster");
    assert_equal(refusal(wallet.create({.coins = {parent.change.back()}})), "");
    const Json cluster = node.rpc("getmempoolcluster", parent.txid());
    assert_equal(cluster.at("txcount"), kMostInCluster);
    assert_equal(refusal(wallet.create({.coins = children.front().change})), "too-large-cluster");
    // Chains may be as long as the cluster.
    const auto chain = chain_from(apart.change, kMostInCluster);
    accept({chain.begin(), chain.end() - 1});
    assert_equal(refusal(chain.back()), "too-large-cluster");
  });

  subtest("cluster_size", {clusters}, [&] {
    const auto chain = chain_from(fresh_coin(), 3, kLarge);
    accept({chain.begin(), chain.end() - 1});
    assert_equal(refusal(chain.back()), "too-large-cluster");
    assert_equal(refusal(wallet.create({.coins = change_of(chain[1])})), "");
  });

  // ------------------------------------------------------------------------------------- Packages

  subtest("package_form", {}, [&] {
    const auto test = [&](const std::vector<WalletTransaction>& package) {
      std::set<std::string> reasons;
      for (const MempoolVerdict& verdict : test_mempool(node, transactions_of(package))) {
        reasons.insert(verdict.allowed ? "allowed" : verdict.reason);
      }
      return reasons;
    };
    using Reasons = std::set<std::string>;
    const auto chain = chain_from(fresh_coin(), 3);
    assert_equal(test(chain), Reasons{"allowed"});
    assert_equal(test({chain[1], chain[0]}), Reasons{"package-not-sorted"});
    assert_equal(test({chain[0], chain[0]}), Reasons{"package-contains-duplicates"});
    const WalletTransaction rival = wallet.create({.coins = fresh_coin(), .change_outputs = 2});
    assert_equal(test({chain[0], rival}), Reasons{"conflict-in-package"});
    const auto large = chain_from(fresh_coin(), 2, kLarge + 1'000);
    assert_equal(test(large), Reasons{"package-too-large"});
    // What it depends on has to be there.
    assert_equal(test({chain[1]}), Reasons{"missing-inputs"});
    // None of it has reached the mempool.
    assert_equal(mempool_txids(node).size(), 0);
  });

  subtest("package_count", {}, [&] {
    const auto chain = chain_from(fresh_coin(), kMostInPackage + 1);
    const std::string wrong_count =
        fmt::format("Array must contain between 1 and {} transactions.", kMostInPackage);
    assert_raises_rpc_error(-8, wrong_count, [&] { test_mempool(node, transactions_of(chain)); });
    assert_raises_rpc_error(-8, wrong_count,
                            [&] { test_mempool(node, std::vector<Transaction>()); });
    const std::vector<WalletTransaction> most(chain.begin(), chain.end() - 1);
    for (const MempoolVerdict& verdict : test_mempool(node, transactions_of(most))) {
      assert_equal(verdict.reason, "");
      assert_true(verdict.allowed);
    }
    // The mempool's ancestors count together with the package.
    accept({chain.begin(), chain.begin() + 2});
    const auto verdicts = test_mempool(node, transactions_of({chain.begin() + 2, chain.end()}));
    const bool allowed = rig.can(clusters);
    assert_equal(verdicts.back().allowed, allowed);
    assert_equal(verdicts.back().reason,
                 allowed ? ""
                         : fmt::format("package-mempool-limits, possibly too many unconfirmed "
                                       "ancestors [limit: {}]",
                                       kMostAncestors));
  });

  const std::vector<std::string> needs_submit = {"rpc:submitpackage"};
  const auto submit = [&](const std::vector<WalletTransaction>& package) {
    return node.rpc("submitpackage", to_json_array(package));
  };
  const auto result_of = [](const Json& answer, const WalletTransaction& of) {
    return answer.at("tx-results").at(of.wtxid().to_string());
  };
  const auto relay_fee_not_met = [&](const WalletTransaction& of) {
    return fmt::format("min relay fee not met, {} < {}", of.fee.satoshi(), fee_of(of).satoshi());
  };
  // A parent that pays nothing and a child that pays `fee`.
  const auto family = [&](Amount fee) {
    const WalletTransaction parent =
        wallet.create({.coins = fresh_coin(), .fee = 0_sat, .version = kTruc});
    return std::vector{parent,
                       wallet.create({.coins = parent.change, .fee = fee, .version = kTruc})};
  };

  subtest("package_pays_together", needs_submit, [&] {
    const auto package = family(2'000_sat);
    assert_equal(refusal(package[0]), relay_fee_not_met(package[0]));
    const Json answer = submit(package);
    assert_equal(answer.at("package_msg"), "success");
    assert_equal(answer.at("replaced-transactions"), Json::array());
    const Amount rate =
        2'000_sat * 1000 / static_cast<std::int64_t>(package[0].vsize() + package[1].vsize());
    for (const WalletTransaction& each : package) {
      const Json result = result_of(answer, each);
      assert_equal(result.at("txid"), each.txid());
      assert_equal(result.at("vsize"), each.vsize());
      assert_equal(result.at("fees").at("base"), each.fee);
      assert_approx(amount_of(result.at("fees").at("effective-feerate")), rate, 1_sat);
      std::set<Uint256> includes;
      for (const Json& wtxid : result.at("fees").at("effective-includes")) {
        includes.insert(hash_of(wtxid));
      }
      assert_equal(includes, std::set{package[0].wtxid(), package[1].wtxid()});
    }
    assert_equal(mempool_txids(node), std::set{package[0].txid(), package[1].txid()});
  });

  subtest("package_refused", needs_submit, [&] {
    // The child pays for itself, but not for both.
    const auto poor = family(150_sat);
    const Json answer = submit(poor);
    assert_equal(answer.at("package_msg"), "transaction failed");
    assert_equal(result_of(answer, poor[0]).at("error"), relay_fee_not_met(poor[0]));
    assert_equal(mempool_txids(node).size(), 0);
    // Exactly enough for both.
    const auto total = static_cast<std::int64_t>(poor[0].vsize() + poor[1].vsize());
    const auto enough = family(fee_at_rate(kRelayRate, total));
    assert_equal(submit(enough).at("package_msg"), "success");
    // Grandparents are none of its business.
    const auto chain = chain_from(fresh_coin(), 3);
    const std::string_view topology =
        "package topology disallowed. not child-with-parents or parents depend on each other.";
    assert_raises_rpc_error(-25, topology, [&] { submit(chain); });
    assert_raises_rpc_error(-25, topology, [&] { submit({chain[1], chain[0]}); });
  });

  subtest("package_known_parts", needs_submit, [&] {
    const auto chain = chain_from(fresh_coin(), 2);
    accept({chain[0]});
    const Json answer = submit(chain);
    assert_equal(answer.at("package_msg"), "success");
    // The parent was there, so the child was judged alone.
    assert_true(!result_of(answer, chain[0]).at("fees").contains("effective-feerate"));
    assert_equal(result_of(answer, chain[1]).at("fees").at("effective-includes"),
                 Json::array({Json(chain[1].wtxid())}));
    assert_equal(submit(chain).at("package_msg"), "success");
    assert_equal(mempool_txids(node).size(), 2);
  });

  subtest("package_replaces", needs_submit, [&] {
    // As a package, a parent that cannot pay for it replaces the family before.
    const std::vector<Coin> coins = fresh_coin();
    const auto family_of = [&](Amount parent_fee, Amount child_fee) {
      const WalletTransaction parent = wallet.create({.coins = coins, .fee = parent_fee});
      return std::vector{parent, wallet.create({.coins = parent.change, .fee = child_fee})};
    };
    const auto old = family_of(1'000_sat, 1'000_sat);
    assert_equal(submit(old).at("package_msg"), "success");
    const auto better = family_of(999_sat, 5'000_sat);
    assert_true(refusal(better[0]).starts_with("insufficient fee, "));
    const Json answer = submit(better);
    assert_equal(answer.at("package_msg"), "success");
    std::set<Uint256> replaced;
    for (const Json& txid : answer.at("replaced-transactions")) replaced.insert(hash_of(txid));
    assert_equal(replaced, std::set{old[0].txid(), old[1].txid()});
    assert_equal(mempool_txids(node), std::set{better[0].txid(), better[1].txid()});
    const auto worse = family_of(998_sat, 5'001_sat);
    assert_equal(
        submit(worse).at("package_msg"),
        fmt::format("package RBF failed: insufficient anti-DoS fees, rejecting replacement {}, "
                    "not enough additional fees to relay; {} < {}",
                    worse[1].txid().to_string(), money_text(0_sat),
                    money_text(fee_of(worse[0]) + fee_of(worse[1]))));
  });

  // --------------------------------------------------------------------------------------- BIP431

  // What follows the reason's short name, which some give to all of these rules and others to each.
  const auto refusal_details = [&](const WalletTransaction& of) {
    const std::string text = refusal(of);
    return text.substr(std::min(text.find(", ") + 2, text.size()));
  };

  subtest("truc_size", needs_submit, [&] {
    const auto parent_of = [&](std::size_t size) {
      return sized({.coins = fresh_coin(), .version = kTruc}, size);
    };
    const WalletTransaction large = parent_of(kMostTruc + 1);
    assert_equal(refusal_details(large),
                 fmt::format("version=3 {} is too big: {} > {} virtual bytes", names(large),
                             kMostTruc + 1, kMostTruc));
    const WalletTransaction parent = parent_of(kMostTruc);
    assert_equal(refusal(parent), "");
    const auto child_of = [&](std::size_t size) {
      return sized({.coins = change_of(parent), .version = kTruc}, size);
    };
    const WalletTransaction heavy = child_of(kMostTrucChild + 1);
    assert_equal(refusal_details(heavy),
                 fmt::format("version=3 child {} is too big: {} > {} virtual bytes", names(heavy),
                             kMostTrucChild + 1, kMostTrucChild));
    assert_equal(refusal(child_of(kMostTrucChild)), "");
  });

  subtest("truc_family", needs_submit, [&] {
    const auto child_of = [&](const WalletTransaction& parent, std::int32_t version) {
      return wallet.create({.coins = parent.change, .version = version});
    };
    // Old and young keep to themselves.
    const WalletTransaction plain = wallet.send({.coins = fresh_coin()});
    const WalletTransaction truc = wallet.send({.coins = fresh_coin(), .version = kTruc});
    const WalletTransaction mixed = child_of(plain, kTruc);
    assert_equal(
        refusal_details(mixed),
        fmt::format("version=3 {} cannot spend from non-version=3 {}", names(mixed), names(plain)));
    const WalletTransaction reverse = child_of(truc, 2);
    assert_equal(refusal_details(reverse),
                 fmt::format("non-version=3 {} cannot spend from version=3 {}", names(reverse),
                             names(truc)));
    // One parent, one child, and no more.
    const WalletTransaction child = child_of(truc, kTruc);
    assert_equal(refusal(child), "");
    const WalletTransaction grandchild = child_of(child, kTruc);
    assert_equal(refusal_details(grandchild),
                 fmt::format("{} would have too many ancestors", names(grandchild)));
    // What is confirmed does not count.
    node.mine_mempool();
    assert_equal(refusal(grandchild), "");
  });

  subtest("truc_sibling", needs_submit, [&] {
    // A second child takes the first one's place when it pays for that.
    const WalletTransaction parent =
        wallet.send({.coins = fresh_coin(), .change_outputs = 2, .version = kTruc});
    const auto child = [&](std::size_t output, Amount fee) {
      return wallet.create({.coins = {parent.change.at(output)}, .fee = fee, .version = kTruc});
    };
    const WalletTransaction first = child(0, 1'000_sat);
    assert_equal(refusal(first), "");
    const WalletTransaction poorer = child(1, 1'001_sat);
    const std::string refused = refusal(poorer);
    assert_true(refused.starts_with("insufficient fee (including sibling eviction), "));
    assert_true(in_mempool(node, first.txid()));
    assert_equal(refusal(child(1, 1'000_sat + fee_of(first))), "");
    assert_true(!in_mempool(node, first.txid()));
    assert_equal(mempool_txids(node).size(), 2);
  });

  // A parent with an output of no value, and a child that spends what it is told to.
  const auto dusty = [&](Amount parent_fee, int dust_outputs, bool swept) {
    SpendPlan plan{.coins = fresh_coin(), .fee = parent_fee, .version = kTruc};
    plan.outputs.assign(static_cast<std::size_t>(dust_outputs),
                        TxOut{.value = 0_sat, .script_pubkey = wallet.script()});
    const WalletTransaction parent = wallet.create(plan);
    std::vector<Coin> coins;
    for (const Coin& coin : parent.change) {
      if (swept || coin.value() > 0_sat) coins.push_back(coin);
    }
    return std::vector{parent, wallet.create({.coins = coins, .fee = 2'000_sat, .version = kTruc})};
  };
  const auto skip_without_ephemeral_dust = [&] {
    const auto package = dusty(0_sat, 1, true);
    const MempoolVerdict verdict = test_mempool(node, package[0].transaction);
    if (verdict.reason == "dust") rig.skip(node.profile().to_string() + " takes no ephemeral dust");
  };

  subtest("ephemeral_dust", needs_submit, [&] {
    skip_without_ephemeral_dust();
    const auto package = dusty(0_sat, 1, true);
    assert_equal(package[1].transaction.inputs.size(), 2);
    assert_equal(refusal(package[0]), relay_fee_not_met(package[0]));
    assert_equal(submit(package).at("package_msg"), "success");
    assert_equal(mempool_txids(node), std::set{package[0].txid(), package[1].txid()});
    // A fee out of thin air would make it worth mining alone.
    assert_raises_rpc_error(-8, "Priority is not supported for transactions with dust outputs",
                            [&] { node.rpc("prioritisetransaction", package[0].txid(), 0, 1); });
  });

  subtest("ephemeral_dust_refused", needs_submit, [&] {
    skip_without_ephemeral_dust();
    const auto error_of = [&](const std::vector<WalletTransaction>& package, std::size_t which) {
      return result_of(submit(package), package[which]).at("error").get<std::string>();
    };
    assert_equal(error_of(dusty(1_sat, 1, true), 0), "dust, tx with dust output must be 0-fee");
    assert_equal(error_of(dusty(0_sat, 2, true), 0), "dust");
    const auto left_behind = dusty(0_sat, 1, false);
    assert_equal(error_of(left_behind, 1),
                 fmt::format("missing-ephemeral-spends, {} did not spend parent's ephemeral dust",
                             names(left_behind[1])));
    assert_equal(mempool_txids(node).size(), 0);
  });
}
