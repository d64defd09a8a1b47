// What a node's wallet is for: it receives, counts, sends, and tells what happened, each wallet for
// itself.
//
//   genesis - 1 ... 120, whose coinbases belong to the bank, the rig's own wallet
//
// The bank pays the wallet that each sub-test makes.

#include <noderig/framework/chain/signed_message.h>
#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/node/mempool.h>
#include <noderig/framework/node/wallet.h>
#include <noderig/scenario.h>

namespace {

using namespace noderig;

// "trusted", "untrusted_pending" and "immature" of getbalances.
struct Balances {
  Amount trusted{};
  Amount pending{};
  Amount immature{};

  friend bool operator==(const Balances&, const Balances&) = default;
};

std::ostream& operator<<(std::ostream& out, const Balances& balances) {
  return out << "trusted " << balances.trusted << ", pending " << balances.pending << ", immature "
             << balances.immature;
}

Balances balances_of(const ScopedWallet& wallet) {
  // What the wallet says last is what it has heard of.
  wallet.node().finish_validation();
  const Json mine = wallet.rpc("getbalances").at("mine");
  return {amount_of(mine.at("trusted")), amount_of(mine.at("untrusted_pending")),
          amount_of(mine.at("immature"))};
}

Json transaction_in(const ScopedWallet& wallet, const Uint256& txid) {
  return wallet.rpc("gettransaction", txid, nullptr, true);
}

// Fee and size of a transaction of the wallet.
std::pair<Amount, std::int64_t> cost_of(const ScopedWallet& wallet, const Uint256& txid) {
  const Json told = transaction_in(wallet, txid);
  return {-amount_of(told.at("fee")), told.at("decoded").at("vsize").get<std::int64_t>()};
}

}  // namespace

NODERIG_SCENARIO(wallet_basics,
    .summary = "the wallet receives, counts, sends and tells it, exact to the satoshi",
    .chain = Chain::Mature,
    .needs = {"wallet"},
    .tags = {"wallet"},
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Serious,
    .links = {"src/wallet/wallet.cpp", "src/wallet/rpc"},
    .subtests = {"receive", "coinbase", "send_to_address", "send", "send_many", "lists",
                 "locked_coins", "encryption", "loading", "several_wallets", "messages"}) {
  Node& node = rig.node(0);
  RigWallet bank(node);
  bank.mine(120 - kMatureBlocks);
  // An address that is nobody's.
  const std::string stranger = address_of(p2wpkh(hash160(as_byte_span("stranger")))).value();
  const Uint256 no_transaction = regtest::genesis_hash();
  constexpr Amount kRate = 5'000_sat;  // for 1000 virtual bytes
  constexpr int kRatePerByte = 5;

  rig.subtest("receive", [&] {
    const ScopedWallet wallet(node, "receive");
    struct Kind {
      std::string type;
      std::string prefix;
      std::string script_type;
    };
    const std::vector<Kind> kinds{{"p2sh-segwit", "2", "scripthash"},
                                  {"bech32", "bcrt1q", "witness_v0_keyhash"},
                                  {"bech32m", "bcrt1p", "witness_v1_taproot"}};
    std::vector<TxOut> outputs;
    std::vector<std::string> addresses;
    for (const Kind& kind : kinds) {
      const std::string address = wallet.new_address(kind.type);
      assert_true(address.starts_with(kind.prefix));
      addresses.push_back(address);
      outputs.push_back({.value = 1_btc, .script_pubkey = script_for_address(address).value()});
    }
    const std::string legacy = wallet.rpc("getnewaddress", "rent", "legacy").get<std::string>();
    assert_true(legacy.starts_with('m') || legacy.starts_with('n'));
    addresses.push_back(legacy);
    outputs.push_back({.value = 2_btc, .script_pubkey = script_for_address(legacy).value()});
    const Json info = wallet.rpc("getaddressinfo", legacy);
    assert_equal(info.at("ismine"), true);
    assert_equal(info.at("iswitness"), false);
    assert_equal(info.at("labels"), Json::array({"rent"}));
    assert_equal(wallet.rpc("getaddressinfo", stranger).at("ismine"), false);
    assert_equal(balances_of(wallet), Balances{});

    const WalletTransaction payment = bank.send({.outputs = outputs});
    assert_equal(balances_of(wallet), Balances{.pending = 5_btc});
    assert_equal(transaction_in(wallet, payment.txid()).at("confirmations"), 0);
    assert_equal(wallet.coins(1).size(), 0);
    assert_equal(wallet.coins(0).size(), 4);

    const BuiltBlock block = node.mine_mempool();
    assert_equal(balances_of(wallet), Balances{.trusted = 5_btc});
    const Json told = transaction_in(wallet, payment.txid());
    assert_equal(told.at("confirmations"), 1);
    assert_equal(told.at("blockhash"), block.hash());
    assert_equal(told.at("blockheight"), block.height());
    assert_equal(told.at("amount"), 5_btc);
    assert_equal(told.at("details").size(), 4);
    for (const Json& detail : told.at("details")) assert_equal(detail.at("category"), "receive");
    assert_equal(told.at("hex"), Json(payment.transaction));
    for (const WalletCoin& coin : wallet.coins()) {
      assert_equal(coin.outpoint.txid, payment.txid());
      assert_equal(coin.address, addresses.at(coin.outpoint.index));
      assert_equal(coin.value, outputs.at(coin.outpoint.index).value);
    }
    assert_equal(wallet.rpc("getreceivedbyaddress", legacy), 2_btc);
    assert_equal(wallet.rpc("getreceivedbylabel", "rent"), 2_btc);
    assert_equal(wallet.rpc("listreceivedbyaddress").size(), 4);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const Json unspent = wallet.rpc("listunspent", 1, 9'999'999, Json::array({addresses[i]}));
      assert_equal(node.rpc("decodescript", unspent.at(0).at("scriptPubKey")).at("type"),
                   kinds[i].script_type);
    }
  });

  rig.subtest("coinbase", [&] {
    const ScopedWallet wallet(node, "coinbase");
    const Script script = script_for_address(wallet.new_address()).value();
    const BuiltBlock block = node.mine(BlockContent{.script = script});
    const Amount value = block.coinbase().outputs.at(0).value;
    assert_equal(balances_of(wallet), Balances{.immature = value});
    const auto category = [&] {
      return transaction_in(wallet, block.coinbase().txid()).at("details").at(0).at("category");
    };
    assert_equal(category(), "immature");
    assert_equal(wallet.coins().size(), 0);
    // It can be spent in the block kCoinbaseMaturity after its own; the wallet waits one more.
    node.mine(regtest::kCoinbaseMaturity - 1);
    assert_equal(balances_of(wallet), Balances{.immature = value});
    node.mine(1);
    assert_equal(balances_of(wallet), Balances{.trusted = value});
    assert_equal(category(), "generate");
  });

  rig.subtest("send_to_address", [&] {
    const ScopedWallet wallet(node, "send_to_address");
    wallet.receive(bank, {10_btc});
    const auto send = [&](Amount value, bool subtract = false) {
      return hash_of(wallet.rpc.named("sendtoaddress", {{"address", stranger},
                                                        {"amount", value},
                                                        {"subtractfeefromamount", subtract},
                                                        {"fee_rate", kRatePerByte}}));
    };
    const auto paid_to_stranger = [&](const Uint256& txid) {
      Amount sum;
      const Json decoded = transaction_in(wallet, txid).at("decoded");
      for (const Json& output : decoded.at("vout")) {
        if (output.at("scriptPubKey").at("address") == stranger) {
          sum += amount_of(output.at("value"));
        }
      }
      return sum;
    };
    const Uint256 first = send(1_btc);
    const auto [fee, vsize] = cost_of(wallet, first);
    assert_fee_amount(fee, vsize, kRate);
    assert_equal(paid_to_stranger(first), 1_btc);
    assert_true(in_mempool(node, first));
    // Own change counts at once.
    assert_equal(balances_of(wallet), Balances{.trusted = 9_btc - fee});
    assert_equal(amount_of(transaction_in(wallet, first).at("amount")), -(1_btc));

    const Uint256 second = send(2_btc, true);
    const Amount second_fee = cost_of(wallet, second).first;
    assert_equal(paid_to_stranger(second), 2_btc - second_fee);
    assert_equal(balances_of(wallet), Balances{.trusted = 7_btc - fee});
    node.mine_mempool();
    assert_equal(balances_of(wallet), Balances{.trusted = 7_btc - fee});

    assert_raises_rpc_error(-6, "Insufficient funds", [&] { send(7_btc); });
    assert_raises_rpc_error(-3, "Amount out of range", [&] { send(-(1_btc)); });
    assert_raises_rpc_error(-5, "Invalid Bitcoin address",
                            [&] { wallet.rpc("sendtoaddress", "nowhere", 1); });
    // All that there is, which leaves no change.
    const Uint256 last = send(7_btc - fee, true);
    assert_equal(paid_to_stranger(last), 7_btc - fee - cost_of(wallet, last).first);
    assert_equal(balances_of(wallet), Balances{});
    node.mine_mempool();
  });

  rig.subtest("send", {"rpc:send"}, [&] {
    const ScopedWallet wallet(node, "send");
    const auto coins = wallet.receive(bank, {3_btc, 5_btc});
    const auto input = [&](const OutPoint& coin) {
      return Json::array({{{"txid", coin.txid}, {"vout", coin.index}}});
    };
    const std::string change = wallet.new_change_address();
    const Json sent = wallet.rpc.named("send", {{"outputs", {{stranger, 1_btc}}},
                                                {"fee_rate", kRatePerByte},
                                                {"options",
                                                 {{"inputs", input(coins[0])},
                                                  {"add_inputs", false},
                                                  {"change_address", change},
                                                  {"change_position", 0}}}});
    assert_equal(sent.at("complete"), true);
    const Json decoded = transaction_in(wallet, hash_of(sent.at("txid"))).at("decoded");
    assert_equal(decoded.at("vin").size(), 1);
    assert_equal(decoded.at("vin").at(0).at("txid"), coins[0].txid);
    assert_equal(decoded.at("vin").at(0).at("vout"), coins[0].index);
    const Json& first = decoded.at("vout").at(0);
    assert_equal(first.at("scriptPubKey").at("address"), change);
    const auto [fee, vsize] = cost_of(wallet, hash_of(sent.at("txid")));
    assert_fee_amount(fee, vsize, kRate);
    assert_equal(first.at("value"), 2_btc - fee);

    // Built, signed and not sent.
    const Json kept = wallet.rpc.named(
        "send", {{"outputs", {{stranger, 1_btc}}},
                 {"fee_rate", kRatePerByte},
                 {"options", {{"inputs", input(coins[1])}, {"add_to_wallet", false}}}});
    assert_equal(kept.at("complete"), true);
    assert_equal(mempool_txids(node), std::set{hash_of(sent.at("txid"))});
    assert_equal(balances_of(wallet), Balances{.trusted = 7_btc - fee});
    node.mine_mempool();
  });

  rig.subtest("send_many", [&] {
    const ScopedWallet wallet(node, "send_many");
    wallet.receive(bank, {10_btc});
    const std::string other = address_of(p2wpkh(hash160(as_byte_span("other stranger")))).value();
    const auto send = [&](const Json& subtract_from) {
      return hash_of(wallet.rpc.named("sendmany", {{"amounts", {{stranger, 1_btc}, {other, 2_btc}}},
                                                   {"subtractfeefrom", subtract_from},
                                                   {"fee_rate", kRatePerByte}}));
    };
    const Uint256 plain = send(Json::array());
    const auto [fee, vsize] = cost_of(wallet, plain);
    assert_fee_amount(fee, vsize, kRate);
    assert_equal(balances_of(wallet), Balances{.trusted = 7_btc - fee});
    assert_equal(transaction_in(wallet, plain).at("details").size(), 2);

    // The two share the fee in halves; an odd satoshi falls to the first.
    const Uint256 shared = send(Json::array({stranger, other}));
    const Amount shared_fee = cost_of(wallet, shared).first;
    Amount received;
    const Json told = transaction_in(wallet, shared);
    for (const Json& detail : told.at("details")) {
      const Amount value = -amount_of(detail.at("amount"));
      const Amount asked = detail.at("address") == stranger ? 1_btc : 2_btc;
      assert_approx(asked - value, shared_fee / 2, 1_sat);
      received += value;
    }
    assert_equal(received, 3_btc - shared_fee);
    assert_equal(balances_of(wallet), Balances{.trusted = 4_btc - fee});
    assert_raises_rpc_error(-5, "Invalid Bitcoin address", [&] {
      wallet.rpc("sendmany", "", Json{{"nowhere", 1}});
    });
    node.mine_mempool();
  });

  rig.subtest("lists", [&] {
    const ScopedWallet wallet(node, "lists");
    const Uint256 begin = node.tip();
    const std::vector<OutPoint> coins = wallet.receive(bank, {4_btc});
    const Uint256 middle = node.tip();
    const Uint256 sent = hash_of(wallet.rpc.named(
        "sendtoaddress", {{"address", stranger}, {"amount", 1_btc}, {"fee_rate", kRatePerByte}}));
    const auto since = [&](const Uint256& block) {
      return wallet.rpc("listsinceblock", block).at("transactions");
    };
    const Json all = wallet.rpc("listtransactions");
    assert_equal(all.size(), 2);
    assert_equal(all.at(0).at("category"), "receive");
    assert_equal(all.at(0).at("txid"), coins[0].txid);
    assert_equal(all.at(0).at("amount"), 4_btc);
    assert_equal(all.at(1).at("category"), "send");
    assert_equal(all.at(1).at("txid"), sent);
    assert_equal(all.at(1).at("amount"), -(1_btc));
    // The latest ones, older by the third argument.
    assert_equal(wallet.rpc("listtransactions", "*", 1), Json::array({all.at(1)}));
    assert_equal(wallet.rpc("listtransactions", "*", 1, 1), Json::array({all.at(0)}));
    assert_raises_rpc_error(-8, "Negative count", [&] { wallet.rpc("listtransactions", "*", -1); });
    assert_equal(since(begin).size(), 2);
    assert_equal(since(middle), Json::array({all.at(1)}));
    node.mine_mempool();
    node.finish_validation();
    assert_equal(since(middle).at(0).at("confirmations"), 1);
    assert_equal(since(node.tip()), Json::array());
    // A payment to oneself is both.
    const Uint256 own = hash_of(wallet.rpc.named(
        "sendtoaddress",
        {{"address", wallet.new_address()}, {"amount", 1_btc}, {"fee_rate", kRatePerByte}}));
    std::set<std::string> categories;
    for (const Json& entry : since(node.tip())) {
      assert_equal(entry.at("txid"), own);
      categories.insert(entry.at("category").get<std::string>());
    }
    assert_equal(categories, std::set<std::string>{"receive", "send"});
    node.mine_mempool();
  });

  rig.subtest("locked_coins", [&] {
    ScopedWallet wallet(node, "locked_coins");
    const auto coins = wallet.receive(bank, {1_btc, 2_btc});
    const auto name = [](const OutPoint& coin) {
      return Json{{"txid", coin.txid}, {"vout", coin.index}};
    };
    const auto set_lock = [&](bool unlock, const OutPoint& coin, bool persistent = false) {
      wallet.rpc("lockunspent", unlock, Json::array({name(coin)}), persistent);
    };
    const auto listed = [&] { return wallet.rpc("listlockunspent"); };
    const auto send = [&] {
      return hash_of(wallet.rpc.named("sendtoaddress", {{"address", stranger},
                                                        {"amount", Amount::sat(150'000'000)},
                                                        {"fee_rate", kRatePerByte}}));
    };
    set_lock(false, coins[1]);
    assert_equal(listed(), Json::array({name(coins[1])}));
    const auto left = wallet.coins();
    assert_equal(left.size(), 1);
    assert_equal(left.at(0).outpoint, coins[0]);
    assert_equal(left.at(0).confirmations, 1);
    assert_equal(balances_of(wallet), Balances{.trusted = 3_btc});  // it is still one's own
    assert_raises_rpc_error(-6, "Insufficient funds", send);
    assert_raises_rpc_error(-8, "output already locked", [&] { set_lock(false, coins[1]); });
    assert_raises_rpc_error(-8, "expected locked output", [&] { set_lock(true, coins[0]); });
    assert_raises_rpc_error(-8, "unknown transaction", [&] {
      set_lock(false, {no_transaction, 0});
    });
    // Only a persistent lock outlives the wallet's unloading.
    set_lock(false, coins[0], true);
    wallet.unload();
    wallet.load();
    assert_equal(listed(), Json::array({name(coins[0])}));
    wallet.rpc("lockunspent", true);
    assert_equal(listed(), Json::array());
    set_lock(false, coins[0]);
    const Uint256 sent = send();
    assert_equal(transaction_in(wallet, sent).at("decoded").at("vin").at(0).at("vout"),
                 coins[1].index);
    assert_raises_rpc_error(-8, "expected unspent output", [&] { set_lock(false, coins[1]); });
    node.mine_mempool();
  });

  rig.subtest("encryption", [&] {
    const ScopedWallet wallet(node, "encryption");
    const auto send = [&] {
      return hash_of(wallet.rpc.named(
          "sendtoaddress", {{"address", stranger}, {"amount", 1_btc}, {"fee_rate", kRatePerByte}}));
    };
    assert_raises_rpc_error(-15, "running with an unencrypted wallet",
                            [&] { wallet.rpc("walletpassphrase", "open", 10); });
    assert_raises_rpc_error(-8, "passphrase cannot be empty",
                            [&] { wallet.rpc("encryptwallet", ""); });
    wallet.rpc("encryptwallet", "open");
    assert_equal(wallet.rpc("getwalletinfo").at("unlocked_until"), 0);
    wallet.receive(bank, {4_btc}, "bech32");
    // Locked it counts, but does not sign.
    assert_equal(balances_of(wallet), Balances{.trusted = 4_btc});
    assert_raises_rpc_error(-13, "Please enter the wallet passphrase", send);
    assert_raises_rpc_error(-15, "running with an encrypted wallet",
                            [&] { wallet.rpc("encryptwallet", "again"); });
    assert_raises_rpc_error(-8, "Timeout cannot be negative",
                            [&] { wallet.rpc("walletpassphrase", "open", -10); });
    {
      const UnlockedWallet unlocked(wallet, "open");
      assert_true(in_mempool(node, send()));
    }
    assert_raises_rpc_error(-13, "Please enter the wallet passphrase", send);
    // What it receives at takes no secret.
    assert_equal(wallet.rpc("getaddressinfo", wallet.new_address("bech32")).at("ismine"), true);
    wallet.rpc("walletpassphrasechange", "open", "sesame");
    assert_raises_rpc_error(-14, "The wallet passphrase entered was incorrect",
                            [&] { wallet.rpc("walletpassphrase", "open", 10); });
    const UnlockedWallet unlocked(wallet, "sesame");
    assert_true(in_mempool(node, send()));
    node.mine_mempool();
  });

  rig.subtest("loading", [&] {
    ScopedWallet wallet(node, "loading");
    wallet.receive(bank, {1_btc});
    const std::string address = wallet.new_address();
    assert_raises_rpc_error(-35, "Wallet \"loading\" is already loaded.",
                            [&] { node.rpc("loadwallet", "loading"); });
    assert_raises_rpc_error(-4, "Database already exists",
                            [&] { node.rpc("createwallet", "loading"); });
    wallet.unload();
    assert_raises_rpc_error(-18, "does not exist or is not loaded",
                            [&] { wallet.rpc("getbalance"); });
    assert_raises_rpc_error(-18, "does not exist or is not loaded",
                            [&] { node.rpc("unloadwallet", "loading"); });
    assert_raises_rpc_error(-18, "Path does not exist",
                            [&] { node.rpc("loadwallet", "no such wallet"); });
    std::set<std::string> known;
    const Json directory = node.rpc("listwalletdir");
    for (const Json& each : directory.at("wallets")) {
      known.insert(each.at("name").get<std::string>());
    }
    assert_true(known.contains("loading"));
    // While it was away something was paid to it.
    mine_payments(node, bank,
                  {{.value = 2_btc, .script_pubkey = script_for_address(address).value()}});
    wallet.load();
    assert_equal(balances_of(wallet), Balances{.trusted = 3_btc});
    assert_equal(node.rpc("listwallets"), Json::array({"loading"}));
  });

  rig.subtest("several_wallets", [&] {
    const ScopedWallet one(node, "one");
    const ScopedWallet other(node, "other");
    one.receive(bank, {3_btc});
    assert_raises_rpc_error(-19, "", [&] { node.rpc("getbalance"); });
    const Uint256 sent = hash_of(one.rpc.named(
        "sendtoaddress",
        {{"address", other.new_address()}, {"amount", 1_btc}, {"fee_rate", kRatePerByte}}));
    const Amount fee = cost_of(one, sent).first;
    assert_equal(balances_of(one), Balances{.trusted = 2_btc - fee});
    assert_equal(balances_of(other), Balances{.pending = 1_btc});
    node.mine_mempool();
    assert_equal(balances_of(one), Balances{.trusted = 2_btc - fee});
    assert_equal(balances_of(other), Balances{.trusted = 1_btc});
    assert_raises_rpc_error(-5, "Invalid or non-wallet transaction id",
                            [&] { other.rpc("gettransaction", no_transaction); });
  });

  rig.subtest("messages", [&] {
    const ScopedWallet wallet(node, "messages");
    const std::string address = wallet.new_address("legacy");
    const std::string text = "what was said";
    const Json signature = wallet.rpc("signmessage", address, text);
    assert_equal(node.rpc("verifymessage", address, signature, text), true);
    assert_equal(node.rpc("verifymessage", address, signature, "what was not"), false);
    assert_equal(node.rpc("verifymessage", wallet.new_address("legacy"), signature, text), false);
    assert_raises_rpc_error(-3, "Malformed base64 encoding",
                            [&] { node.rpc("verifymessage", address, "?", text); });
    // With a key of the rig's: the wallet that has it signs as that key does.
    const Key key = Key::from_phrase("says something");
    const std::string own = address_of(p2pkh(hash160(key.public_key().bytes()))).value();
    const Json by_key = node.rpc("signmessagewithprivkey", key.wif(), text);
    assert_equal(node.rpc("verifymessage", own, by_key, text), true);
    const std::string descriptor = "pkh(" + key.wif() + ")";
    const Json known = node.rpc("getdescriptorinfo", descriptor);
    wallet.import_descriptor(descriptor + "#" + known.at("checksum").get<std::string>());
    assert_equal(wallet.rpc("signmessage", own, text), by_key);
    assert_equal(verify_signed_message(key.public_key(), by_key.get<std::string>(), text), true);
  });
}
