// A mempool that is full (-maxmempool) lets go of what pays least, and asks a higher fee rate of
// what comes; later it asks less again.
//
//   genesis - 1 ... 200, whose coinbases are the coins that large transactions spend
//
//   mempool:  5 MB of memory, about 25 transactions of 95 kvB, each paying more than the one before

#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/node/mempool.h>
#include <noderig/p2p/primitives/hash.h>
#include <noderig/scenario.h>

NODERIG_SCENARIO(mempool_limits,
    .summary = "a full mempool evicts by fee rate and raises its minimum fee exactly",
    .chain = Chain::Mature,
    .args = {"-maxmempool=5", "-checkmempool=20"},
    .tags = {"mempool", "policy"},
    .likelihood = Likelihood::Possible,
    .impact = Impact::Major,
    .links = {"src/txmempool.cpp"},
    .subtests = {"evicts_lowest_rate", "minimum_fee", "child_pays_for_parent", "families",
                 "minimum_falls", "limit_too_small"},
    .without = {{"checkmempool", "a check of a full mempool at each of its changes takes long"}}) {
  constexpr std::size_t kLarge = 95'000;
  constexpr std::size_t kOutputBytes = 43;
  constexpr std::int64_t kMaxBytes = 5'000'000;
  constexpr Amount kRelayRate = 1000_sat;
  constexpr Amount kIncrement = 1000_sat;  // what the next one has to pay above what had to go
  constexpr Amount kRateStep = 500_sat;
  constexpr auto kHalfLife = std::chrono::hours(12);  // of the minimum, once a block has come
  Node& node = rig.node(0);
  RigWallet wallet(node);
  wallet.mine(200 - kMatureBlocks);

  const auto minimum_rate = [&] {
    return amount_of(node.rpc("getmempoolinfo").at("mempoolminfee"));
  };
  const auto rate_of = [](const WalletTransaction& of) {
    return of.fee * 1000 / static_cast<std::int64_t>(of.vsize());
  };
  // Not to the wallet: it would have to keep all these coins in mind.
  const std::vector<TxOut> many(
      kLarge / kOutputBytes,
      TxOut{.value = 1000_sat, .script_pubkey = p2wsh(sha256(as_byte_span("nobody")))});
  const auto large = [&](Amount rate) {
    return wallet.create({.outputs = many, .fee_rate = rate});
  };
  const auto send = [&](const WalletTransaction& transaction) {
    assert_equal(refusal_of(node, transaction.transaction), "");
    wallet.sync();  // what had to go for it may be spent again
    return transaction;
  };
  // A transaction of one input and output, and what it has to pay at the minimum.
  const auto small = [&](Amount fee) { return wallet.create({.fee = fee}); };
  const auto least_fee = [&] {
    return fee_at_rate(minimum_rate(), static_cast<std::int64_t>(small(1000_sat).vsize()));
  };

  rig.step("fill the mempool");
  std::vector<WalletTransaction> sent;
  Amount rate = 2 * kRelayRate;
  for (; minimum_rate() <= kRelayRate; rate += kRateStep) sent.push_back(send(large(rate)));

  rig.subtest("evicts_lowest_rate", [&] {
    const std::set<Uint256> kept = mempool_txids(node);
    const auto first_kept = std::ranges::find_if(
        sent, [&](const WalletTransaction& each) { return kept.contains(each.txid()); });
    assert_true(first_kept != sent.begin());
    assert_true(first_kept != sent.end());
    for (auto each = first_kept; each != sent.end(); ++each) {
      assert_true(kept.contains(each->txid()));
    }
    const Json info = node.rpc("getmempoolinfo");
    assert_equal(info.at("maxmempool"), kMaxBytes);
    assert_greater_than_or_equal(kMaxBytes, info.at("usage").get<std::int64_t>());
    const WalletTransaction& dearest_evicted = *std::prev(first_kept);
    assert_approx(minimum_rate(), rate_of(dearest_evicted) + kIncrement, 1_sat);
  });

  rig.subtest("minimum_fee", [&] {
    const Amount least = least_fee();
    const WalletTransaction poor = small(least - 1_sat);
    assert_equal(
        refusal_of(node, poor.transaction),
        fmt::format("mempool min fee not met, {} < {}", poor.fee.satoshi(), least.satoshi()));
    send(small(least));
    // What could be relayed, but pays no more than what has to go for it, goes itself.
    assert_equal(test_mempool(node, large(minimum_rate() - kIncrement).transaction).reason,
                 "mempool min fee not met");
  });

  rig.subtest("child_pays_for_parent", {"rpc:submitpackage"}, [&] {
    const WalletTransaction parent = wallet.create({.fee_rate = kRelayRate});
    assert_equal(test_mempool(node, parent.transaction).reason, "mempool min fee not met");
    const Amount both = 2 * least_fee() + 1000_sat;
    const WalletTransaction child =
        wallet.create({.coins = parent.change, .fee = both - parent.fee});
    const Json answer =
        node.rpc("submitpackage", Json::array({Json(parent.transaction), Json(child.transaction)}));
    wallet.sync();
    assert_equal(answer.at("package_msg"), "success");
    assert_true(in_mempool(node, parent.txid()));
    assert_true(in_mempool(node, child.txid()));
  });

  rig.subtest("families", [&] {
    // Two parents that pay the least that is taken: one has a child that pays for it, the other one
    // a child that pays as little. When more comes, the poor family goes.
    const Amount least = minimum_rate();
    const auto parent = [&] { return send(wallet.create({.fee_rate = least})); };
    const WalletTransaction rich_parent = parent();
    const WalletTransaction rich_child =
        send(wallet.create({.coins = rich_parent.change, .fee_rate = 50 * least}));
    const WalletTransaction poor_parent = parent();
    const WalletTransaction poor_child =
        send(wallet.create({.coins = poor_parent.change, .fee_rate = least}));
    for (int i = 0; minimum_rate() <= least + kIncrement; ++i) {
      send(large(rate + kRateStep * i));
    }
    assert_true(in_mempool(node, rich_parent.txid()));
    assert_true(in_mempool(node, rich_child.txid()));
    assert_true(!in_mempool(node, poor_parent.txid()));
    assert_true(!in_mempool(node, poor_child.txid()));
  });

  rig.subtest("minimum_falls", [&] {
    const Amount before = minimum_rate();
    node.advance_mocktime(kHalfLife);
    assert_equal(minimum_rate(), before);  // not without a block
    node.mine(1);
    assert_approx(minimum_rate(), before, 1_sat);
    node.advance_mocktime(kHalfLife);
    assert_approx(minimum_rate(), before / 2, 1_sat);
    node.advance_mocktime(20 * kHalfLife);
    assert_equal(minimum_rate(), kRelayRate);
    send(small(fee_at_rate(kRelayRate, static_cast<std::int64_t>(small(1000_sat).vsize()))));
  });

  rig.subtest("limit_too_small", [&] {
    rig.add_node().assert_start_fails({"-maxmempool=4"}, "-maxmempool must be at least 5 MB");
  });
}
