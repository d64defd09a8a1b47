// What a wallet makes of changes in the past: blocks that it has not looked at, a backup of itself,
// branches that are left, transactions that another one replaces.
//
//   genesis - 1 ... 120 - what the sub-tests mine, each on the tip that it finds
//
//   conflict:  tip - X (spends coin to A)            the wallet's, left for
//                \ - Y (spends coin to B) - Z        the branch where its coin went another way
//
// The coinbases belong to the bank, the rig's own wallet, which pays the wallet that each sub-test
// makes.

#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/node/mempool.h>
#include <noderig/framework/node/wallet.h>
#include <noderig/scenario.h>

NODERIG_SCENARIO(wallet_recovery,
    .summary = "rescans, backups, reorganisations, conflicts and fee bumps leave the wallet right",
    .chain = Chain::Mature,
    .needs = {"wallet"},
    .tags = {"wallet"},
    .likelihood = Likelihood::Possible,
    .impact = Impact::Serious,
    .links = {"src/wallet/wallet.cpp", "src/wallet/feebumper.cpp"},
    .subtests = {"rescan", "import_with_timestamp", "backup_and_restore", "reorganisation",
                 "conflict", "abandoned", "orphaned_coinbase", "bump_fee", "bump_fee_refused"}) {
  Node& node = rig.node(0);
  RigWallet bank(node);
  bank.mine(120 - kMatureBlocks);
  const std::string stranger = address_of(p2wpkh(hash160(as_byte_span("stranger")))).value();
  const Uint256 no_transaction = regtest::genesis_hash();
  constexpr int kRatePerByte = 5;

  const auto balance_of = [&](const ScopedWallet& wallet, const char* which = "trusted") {
    node.finish_validation();
    return amount_of(wallet.rpc("getbalances").at("mine").at(which));
  };
  const auto told = [&](const ScopedWallet& wallet, const Uint256& txid) {
    node.finish_validation();
    return wallet.rpc("gettransaction", txid, nullptr, true);
  };
  const auto confirmations = [&](const ScopedWallet& wallet, const Uint256& txid) {
    return told(wallet, txid).at("confirmations").get<int>();
  };
  const auto send = [&](const ScopedWallet& wallet, Amount value) {
    return hash_of(wallet.rpc.named(
        "sendtoaddress", {{"address", stranger}, {"amount", value}, {"fee_rate", kRatePerByte}}));
  };
  const auto with_checksum = [&](const std::string& descriptor) {
    return descriptor + "#" +
           node.rpc("getdescriptorinfo", descriptor).at("checksum").get<std::string>();
  };
  // The fee goes to no one: it is no part of what is shown here.
  const auto spend_to = [&](const ScopedWallet& wallet, const OutPoint& coin,
                            const std::string& address, Amount value) {
    Transaction transaction;
    transaction.inputs = {{.prevout = coin, .sequence = 0xfffffffd}};
    transaction.outputs = {{.value = value, .script_pubkey = script_for_address(address).value()}};
    return wallet.sign(transaction);
  };
  // Two blocks in place of the tip; the first one has the transactions.
  const auto replace_tip = [&](std::vector<Transaction> transactions) {
    const Json tip = node.rpc("getblockheader", node.tip());
    ChainBuilder branch(
        hash_of(tip.at("previousblockhash")), tip.at("height").get<int>() - 1,
        std::chrono::sys_seconds(std::chrono::seconds(tip.at("time").get<std::int64_t>() - 1)),
        {.tag = "branch"});
    node.submit(branch.mine({.transactions = std::move(transactions)}).block());
    const BuiltBlock last = branch.mine();
    assert_equal(node.submit(last.block()), "");
    assert_equal(node.tip(), last.hash());
  };

  // A key, and a block well in the past that pays it: further than the two hours that a rescan
  // allows for wrong clocks.
  struct OldCoin {
    OutPoint outpoint;
    std::string descriptor;
    int height;
    std::int64_t time;
  };
  const auto bury_old_coin = [&](const std::string& phrase, Amount value) {
    const Key key = Key::from_phrase(phrase);
    const std::vector<OutPoint> paid_to = mine_payments(
        node, bank, {{.value = value, .script_pubkey = p2wpkh(hash160(key.public_key().bytes()))}});
    const Json paid = node.rpc("getblockheader", node.tip());
    node.advance_mocktime(3h);
    // Twelve blocks, for it is the median of the last eleven that counts.
    ChainBuilder chain = node.chain();
    for (int i = 0; i < 12; ++i) {
      const BuiltBlock block = chain.mine({.time = node.mocktime().value() + i * 1s});
      assert_equal(node.submit(block.block()), "");
    }
    return OldCoin{paid_to.at(0), with_checksum("wpkh(" + key.wif() + ")"),
                   paid.at("height").get<int>(), paid.at("time").get<std::int64_t>()};
  };

  // A sub-test that finds an empty mempool.
  const auto subtest = [&](const std::string& name, const std::function<void()>& body) {
    rig.subtest(name, [&] {
      node.mine_mempool();
      body();
    });
  };

  subtest("rescan", [&] {
    const ScopedWallet wallet(node, "rescan", {.blank = true});
    const OldCoin old = bury_old_coin("rescanned", 3_btc);
    const Uint256 before = node.tip();
    wallet.import_descriptor(old.descriptor);
    assert_equal(balance_of(wallet), 0_btc);
    // Beside it: nothing found, with the heights that were looked at.
    assert_equal(wallet.rpc("rescanblockchain", old.height + 1),
                 Json{{"start_height", old.height + 1}, {"stop_height", node.height()}});
    assert_equal(balance_of(wallet), 0_btc);
    assert_equal(wallet.rpc("rescanblockchain", 0, old.height - 1).at("stop_height"),
                 old.height - 1);
    assert_equal(balance_of(wallet), 0_btc);
    wallet.rpc("rescanblockchain", old.height, old.height);
    assert_equal(balance_of(wallet), 3_btc);
    const WalletCoin found = wallet.coins().at(0);
    assert_equal(found.outpoint, old.outpoint);
    assert_equal(found.confirmations, node.height() - old.height + 1);
    assert_equal(node.tip(), before);

    assert_raises_rpc_error(-8, "Invalid start_height",
                            [&] { wallet.rpc("rescanblockchain", node.height() + 1); });
    assert_raises_rpc_error(-8, "stop_height must be greater than start_height",
                            [&] { wallet.rpc("rescanblockchain", 20, 10); });
  });

  subtest("import_with_timestamp", [&] {
    const OldCoin old = bury_old_coin("imported", 2_btc);
    const auto import_from = [&](const ScopedWallet& wallet, const Json& timestamp) {
      const Json result = wallet.rpc(
          "importdescriptors", Json::array({{{"desc", old.descriptor}, {"timestamp", timestamp}}}));
      assert_equal(result.at(0).at("success"), true);
    };
    const ScopedWallet from_now(node, "from_now", {.blank = true});
    import_from(from_now, "now");
    assert_equal(balance_of(from_now), 0_btc);
    const ScopedWallet from_then(node, "from_then", {.blank = true});
    import_from(from_then, old.time);
    assert_equal(balance_of(from_then), 2_btc);
    const ScopedWallet from_start(node, "from_start", {.blank = true});
    import_from(from_start, 0);
    assert_equal(balance_of(from_start), 2_btc);
  });

  subtest("backup_and_restore", [&] {
    const std::string file = (node.data_directory() / "wallet.backup").string();
    std::string later_address;
    Uint256 sent;
    {
      const ScopedWallet wallet(node, "original");
      wallet.receive(bank, {5_btc});
      wallet.rpc("backupwallet", file);
      // After the backup: an address, a payment to it, and one to a stranger.
      later_address = wallet.new_address();
      mine_payments(node, bank,
                    {{.value = 2_btc, .script_pubkey = script_for_address(later_address).value()}});
      sent = send(wallet, 1_btc);
      node.mine_mempool();
      assert_raises_rpc_error(-36, "exists", [&] { node.rpc("restorewallet", "original", file); });
    }
    assert_raises_rpc_error(-8, "Backup file does not exist",
                            [&] { node.rpc("restorewallet", "restored", file + ".none"); });
    node.rpc("restorewallet", "restored", file);
    const rpc::Client restored = node.rpc.wallet("restored");
    // The keys are the same, so what came later is found.
    const Json balances = restored("getbalances").at("mine");
    const Amount fee = -amount_of(restored("gettransaction", sent).at("fee"));
    assert_equal(balances.at("trusted"), 6_btc - fee);
    assert_equal(restored("getaddressinfo", later_address).at("ismine"), true);
    restored("unloadwallet");
    assert_raises_rpc_error(-4, "Error: Wallet backup failed!", [&] {
      const ScopedWallet wallet(node, "no backup");
      wallet.rpc("backupwallet", node.data_directory().string());
    });
  });

  subtest("reorganisation", [&] {
    const ScopedWallet wallet(node, "reorganisation");
    const Uint256 begin = node.tip();
    wallet.receive(bank, {4_btc});
    const Uint256 sent = send(wallet, 1_btc);
    const BuiltBlock left = node.mine_mempool();
    const Amount after = balance_of(wallet);
    assert_equal(confirmations(wallet, sent), 1);

    // The branch does not have it: it waits in the mempool again.
    replace_tip({});
    assert_equal(confirmations(wallet, sent), 0);
    assert_true(in_mempool(node, sent));
    assert_equal(balance_of(wallet), after);
    const Json since = wallet.rpc("listsinceblock", left.hash());
    std::set<std::string> removed;
    for (const Json& entry : since.at("removed")) {
      removed.insert(entry.at("txid").get<std::string>());
    }
    assert_equal(removed, std::set{sent.to_string()});
    const BuiltBlock again = node.mine_mempool();
    assert_equal(told(wallet, sent).at("blockhash"), again.hash());
    assert_equal(wallet.rpc("listsinceblock", begin).at("transactions").size(), 2);
  });

  subtest("conflict", [&] {
    const ScopedWallet wallet(node, "conflict");
    const OutPoint coin = wallet.receive(bank, {4_btc}).front();
    const Transaction x = spend_to(wallet, coin, stranger, 3_btc);
    const Transaction y = spend_to(wallet, coin, wallet.new_address(), Amount::sat(399'990'000));
    assert_equal(refusal_of(node, x), "");
    node.mine_mempool();
    assert_equal(confirmations(wallet, x.txid()), 1);
    assert_equal(balance_of(wallet), 0_btc);

    replace_tip({y});
    // As deep below zero as what stands against it is above.
    assert_equal(confirmations(wallet, x.txid()), -2);
    assert_equal(told(wallet, x.txid()).at("walletconflicts"), Json::array({Json(y.txid())}));
    assert_equal(confirmations(wallet, y.txid()), 2);
    assert_equal(balance_of(wallet), y.outputs.at(0).value);
    assert_raises_rpc_error(-25, "bad-txns-inputs-missingorspent",
                            [&] { node.rpc("sendrawtransaction", x); });
    const WalletCoin coin_of_y = wallet.coins().at(0);
    assert_equal(coin_of_y.outpoint, OutPoint{y.txid(), 0});
    assert_equal(coin_of_y.confirmations, 2);
  });

  subtest("abandoned", [&] {
    const ScopedWallet wallet(node, "abandoned");
    const std::vector<OutPoint> coins = wallet.receive(bank, {4_btc, 2_btc});
    // The wallet's transaction depends on an unconfirmed one of the bank's, which then goes.
    const std::vector<Coin> bank_coin{bank.coins().front()};
    const WalletTransaction parent = bank.send(
        {.coins = bank_coin,
         .outputs = {
             {.value = 3_btc, .script_pubkey = script_for_address(wallet.new_address()).value()}}});
    node.finish_validation();
    Transaction child;
    child.inputs = {{.prevout = {parent.txid(), 0}, .sequence = 0xfffffffd},
                    {.prevout = coins[0], .sequence = 0xfffffffd}};
    child.outputs = {
        {.value = Amount::sat(699'990'000), .script_pubkey = script_for_address(stranger).value()}};
    const Transaction sent = wallet.sign(child);
    assert_equal(refusal_of(node, sent), "");
    assert_equal(balance_of(wallet), 2_btc);
    assert_raises_rpc_error(-5, "Transaction not eligible for abandonment",
                            [&] { wallet.rpc("abandontransaction", sent.txid()); });

    const WalletTransaction instead =
        bank.create({.coins = bank_coin, .fee = parent.fee + 1'000'000_sat});
    assert_equal(refusal_of(node, instead.transaction), "");
    assert_true(!in_mempool(node, sent.txid()));
    // It may come back, so its other coin is spoken for until the wallet is told to give it up.
    assert_equal(confirmations(wallet, sent.txid()), 0);
    wallet.rpc("abandontransaction", sent.txid());
    const Json details = told(wallet, sent.txid()).at("details");
    assert_equal(details.size(), 1U);
    assert_equal(details.at(0).at("category"), "send");
    assert_equal(details.at(0).at("abandoned"), true);
    assert_equal(balance_of(wallet), 6_btc);
    // The coin can be spent again.
    assert_equal(refusal_of(node, spend_to(wallet, coins[0], stranger, 3_btc)), "");
    assert_equal(balance_of(wallet), 2_btc);
    node.mine_mempool();
    assert_raises_rpc_error(-5, "Invalid or non-wallet transaction id",
                            [&] { wallet.rpc("abandontransaction", no_transaction); });
  });

  subtest("orphaned_coinbase", [&] {
    const ScopedWallet wallet(node, "orphaned_coinbase");
    const Script script = script_for_address(wallet.new_address()).value();
    const BuiltBlock block = node.mine(BlockContent{.script = script});
    const Uint256 coinbase = block.coinbase().txid();
    assert_greater_than(balance_of(wallet, "immature"), 0_btc);
    replace_tip({});
    assert_equal(balance_of(wallet, "immature"), 0_btc);
    assert_equal(confirmations(wallet, coinbase), 0);
    assert_equal(told(wallet, coinbase).at("details").at(0).at("category"), "orphan");
    assert_equal(told(wallet, coinbase).at("details").at(0).at("abandoned"), true);
  });

  subtest("bump_fee", [&] {
    const ScopedWallet wallet(node, "bump_fee");
    wallet.receive(bank, {5_btc});
    const Uint256 old = send(wallet, 1_btc);
    const Amount old_fee = -amount_of(told(wallet, old).at("fee"));
    constexpr Amount kBetterRate = 20'000_sat;
    const Json bumped = wallet.rpc("bumpfee", old, Json{{"fee_rate", 20}});
    const Uint256 better = hash_of(bumped.at("txid"));
    assert_equal(bumped.at("origfee"), old_fee);
    assert_equal(bumped.at("errors"), Json::array());
    const Json transaction = told(wallet, better);
    assert_equal(-amount_of(transaction.at("fee")), amount_of(bumped.at("fee")));
    assert_fee_amount(bumped.at("fee"), transaction.at("decoded").at("vsize").get<std::int64_t>(),
                      kBetterRate);
    assert_equal(transaction.at("replaces_txid"), old);
    assert_equal(told(wallet, old).at("replaced_by_txid"), better);
    assert_equal(mempool_txids(node), std::set{better});
    assert_equal(balance_of(wallet), 4_btc - amount_of(bumped.at("fee")));
    assert_raises_rpc_error(-4, "which was already bumped by transaction",
                            [&] { wallet.rpc("bumpfee", old); });
    node.mine_mempool();
    assert_equal(confirmations(wallet, better), 1);
    assert_equal(confirmations(wallet, old), -1);
    assert_raises_rpc_error(-1, "is already spent", [&] { wallet.rpc("bumpfee", better); });
  });

  subtest("bump_fee_refused", [&] {
    const ScopedWallet wallet(node, "bump_fee_refused");
    wallet.receive(bank, {5_btc});
    const Uint256 old = send(wallet, 1_btc);
    const auto bump = [&](const Uint256& txid, const Json& options) {
      wallet.rpc("bumpfee", txid, options);
    };
    assert_raises_rpc_error(-8, "Insufficient total fee", [&] { bump(old, {{"fee_rate", 5}}); });
    assert_raises_rpc_error(-4, "is too high (cannot be higher than -maxtxfee", [&] {
      bump(old, {{"fee_rate", 100'000}});
    });
    assert_raises_rpc_error(-5, "Invalid or non-wallet transaction id", [&] {
      bump(no_transaction, {{"fee_rate", 50}});
    });
    // With a child in the wallet it stays as it is.
    const Json spent = wallet.rpc.named(
        "sendtoaddress", {{"address", stranger}, {"amount", 1_btc}, {"fee_rate", kRatePerByte}});
    assert_equal(node.rpc("getmempoolentry", spent).at("ancestorcount"), 2);
    assert_raises_rpc_error(-8, "Transaction has descendants in the wallet", [&] {
      bump(old, {{"fee_rate", 50}});
    });
    node.mine_mempool();
  });
}
