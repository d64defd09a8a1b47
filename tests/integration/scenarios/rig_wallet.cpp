// What the rig's own wallet does on a real chain: coins of every kind are spent, and they follow
// reorganisations, other people's transactions and the mempool.
#include <noderig/scenario.h>

NODERIG_SCENARIO(rig_wallet, .summary = "the rig's wallet has the coins that the chain gives it",
    .nodes = 1, .args = {"-acceptnonstdtxn=1", "-txindex=0"}, .needs = {"option:acceptnonstdtxn"},
    .subtests = {"kinds", "plans", "mempool", "reorganisation", "short_of_coins"}) {
  auto& [n0] = rig.nodes<1>();
  RigWallet wallet(n0);
  wallet.mine(regtest::kCoinbaseMaturity + 5);

  rig.subtest("kinds", [&] {
    for (const CoinKind kind :
         {CoinKind::OpTrue, CoinKind::BareOpTrue, CoinKind::P2pk, CoinKind::P2wpkh}) {
      // Its coin is a coinbase and is spent to the other wallet, since some nodes relay no output
      // of some of these kinds.
      RigWallet other(n0, kind, "kinds");
      const Uint256 block = other.mine(1).back();
      wallet.mine(regtest::kCoinbaseMaturity);
      const auto coins = other.coins();
      const OutPoint reward{hash_of(n0.rpc("getblock", block).at("tx").at(0)), 0};
      const auto found = std::ranges::find(coins, reward, [](const Coin& c) { return c.outpoint; });
      assert_true(found != coins.end());
      const Coin& coin = *found;
      const auto spend = other.send(
          {.coins = {coin},
           .outputs = {{.value = coin.value() - 1000_sat, .script_pubkey = wallet.script()}},
           .change_outputs = 0});
      assert_equal(spend.fee, 1000_sat);
      const Json entry = n0.rpc("getmempoolentry", spend.txid());
      assert_equal(amount_of(entry.at("fees").at("base")), spend.fee);
      assert_equal(entry.at("vsize"), spend.vsize());
      n0.mine_mempool();
      assert_true(n0.rpc("gettxout", spend.txid(), 0).is_object());
    }
  });

  rig.subtest("plans", [&] {
    const auto rated = wallet.create({.fee_rate = 2000_sat, .change_outputs = 2});
    assert_fee_amount(rated.fee, rated.vsize(), 2000_sat);
    const auto exact = wallet.create({.fee = 1234_sat, .change_outputs = 3});
    assert_equal(exact.fee, 1234_sat);
    assert_equal(exact.change.size(), 3u);
    const auto padded = wallet.create({.target_vsize = 5000});
    assert_equal(padded.vsize(), 5000u);
    assert_equal(wallet.create({.sequence = 7, .version = 3, .lock_time = 9}).transaction.version,
                 3);
  });

  rig.subtest("mempool", [&] {
    const auto before = wallet.balance();
    const auto spend = wallet.send({.fee = 1000_sat});
    assert_equal(wallet.balance(), before - 1000_sat);
    // Its change is the last to be chosen, and can be spent at once.
    const Coin unconfirmed = wallet.coins().back();
    assert_equal(unconfirmed.outpoint.txid, spend.txid());
    wallet.send({.coins = {unconfirmed}, .fee = 1000_sat});
    // A replacement takes the place of both.
    wallet.send({.coins = {{.outpoint = spend.transaction.inputs[0].prevout,
                            .output = {.value = spend.change[0].value() + 1000_sat,
                                       .script_pubkey = wallet.script()}}},
                 .fee = 50'000_sat});
    wallet.sync();
    assert_equal(n0.rpc("getrawmempool").size(), 1u);
    assert_equal(wallet.balance(), before - 50'000_sat);
    n0.mine_mempool();
    wallet.mine(1);
  });

  rig.subtest("reorganisation", [&] {
    const auto spend = wallet.send({.fee = 5000_sat});
    const auto change = [&] {
      const auto coins = wallet.coins();
      const auto found = std::ranges::find(coins, spend.change[0].outpoint,
                                           [](const Coin& c) { return c.outpoint; });
      assert_true(found != coins.end());
      return *found;
    };
    const auto before = wallet.balance();
    const BuiltBlock block = n0.mine_mempool();
    const auto mined = wallet.balance();
    assert_equal(change().height, block.height());
    n0.rpc("invalidateblock", block.hash());
    // The transaction is back in the mempool.
    assert_equal(n0.rpc("getrawmempool"), Json::array({Json(spend.txid())}));
    assert_true(!change().confirmed());
    assert_equal(wallet.balance(), before);
    n0.rpc("reconsiderblock", block.hash());
    assert_equal(wallet.balance(), mined);
  });

  rig.subtest("short_of_coins", [&] {
    assert_raises<std::runtime_error>(
        [&] {
          wallet.create({.outputs = {{.value = 1000_btc, .script_pubkey = wallet.script()}}});
        },
        "do not make outputs of 1000.00000000");
    RigWallet empty(n0, CoinKind::P2pk, "nobody");
    assert_raises<std::runtime_error>([&] { empty.create(); }, "no coin that can be spent");
  });
}
