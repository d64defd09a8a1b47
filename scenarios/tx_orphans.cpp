// Transactions that come before their parents. The node keeps such an orphan for a while, asks who
// sent it for the parents by txid (all it knows of them), and looks at it again when one comes:
//
//   peer: child ---> node (orphan)      no request while the parent may still come by itself:
//        <--- getdata parent            2 s for an inbound peer and 2 s for a request by txid
//        ---> parent ---> mempool: parent, child
//
// A txid says nothing about the witness: an orphan or parent with a bad witness must not stand in
// the way of the right one. An orphan of a parent that was refused for good is not kept. All waits
// are on the mock clock.

#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/node/peer_info.h>
#include <noderig/scenario.h>
#include <algorithm>
#include <set>

namespace {

using namespace noderig;       // NOLINT(google-build-using-namespace)
using namespace noderig::p2p;  // NOLINT(google-build-using-namespace)

using Items = std::vector<InvItem>;
using Txids = std::set<Uint256>;

// An OP_TRUE output of the kind that needs no witness and is standard.
Script p2sh_op_true() {
  return p2sh(hash160(anyone_can_spend()));
}

Transaction spend_p2sh_op_true(const OutPoint& coin, TxOut output) {
  Transaction transaction;
  transaction.inputs = {{.prevout = coin, .script_sig = Script().push(anyone_can_spend())}};
  transaction.outputs = {std::move(output)};
  return transaction;
}

// The same transaction with a witness that nodes refuse, but that nobody is punished for: an item
// is longer than the 80 bytes that are standard.
Transaction with_bad_witness(Transaction transaction) {
  std::vector<Bytes>& witness = transaction.inputs.at(0).witness;
  witness.insert(witness.begin(), Bytes(81));
  return transaction;
}

}  // namespace

NODERIG_SCENARIO(tx_orphans,
    .summary = "orphans wait for parents that are asked for, and no witness can spoil that",
    .chain = Chain::Mature,
    .tags = {"p2p", "mempool"},
    .likelihood = Likelihood::Possible,
    .impact = Impact::Serious,
    .links = {"src/node/txdownloadman_impl.cpp", "src/txorphanage.cpp"},
    .subtests = {"parent_requested", "parent_comes_by_itself", "some_parents_known",
                 "asks_another", "prefers_outbound", "generations", "child_of_refused",
                 "parent_with_bad_witness", "orphan_with_bad_witness", "peer_leaves",
                 "child_pays_for_parent", "expiry", "limit"}) {
  constexpr std::chrono::seconds kInboundDelay = 2s;
  constexpr std::chrono::seconds kTxidDelay = 2s;
  constexpr std::chrono::seconds kRequestTimeout = 60s;
  Node& node = rig.node(0);
  RigWallet wallet(node, CoinKind::OpTrue);
  wallet.mine(regtest::kCoinbaseMaturity + 60 - kMatureBlocks);
  // Each coin is given out once, since the wallet cannot know what the node keeps as an orphan.
  std::vector<Coin> coins = wallet.coins();
  const auto take_coin = [&] {
    const Coin coin = coins.back();
    coins.pop_back();
    return coin;
  };
  const auto spend = [&](const std::vector<Coin>& of) { return wallet.create({.coins = of}); };
  struct Family {
    WalletTransaction parent;
    WalletTransaction child;
  };
  const auto family = [&] {
    WalletTransaction parent = spend({take_coin()});
    WalletTransaction child = spend({parent.change.at(0)});
    return Family{std::move(parent), std::move(child)};
  };

  const auto mempool = [&] {
    Txids txids;
    for (const Json& txid : node.rpc("getrawmempool")) txids.insert(hash_of(txid));
    return txids;
  };
  // Hands over a transaction that nobody asked for; with what follows from it.
  const auto give = [&](Peer& peer, const Transaction& transaction) {
    peer.send(TxMessage{transaction});
    await_sending(peer);
  };
  const auto by_txid = [](std::initializer_list<Uint256> txids) {
    Items items;
    for (const Uint256& txid : txids) {
      items.push_back({.type = InvType::WitnessTx, .hash = txid});
    }
    return items;
  };
  const auto requests = [](Peer& peer) {
    await_sending(peer);
    Items items;
    for (const GetData& message : peer.drain<GetData>()) {
      items.insert(items.end(), message.items.begin(), message.items.end());
    }
    return items;
  };
  const auto announce = [&](Peer& peer, const WalletTransaction& transaction) {
    peer.send(Inv{.items = {{.type = InvType::Wtx, .hash = transaction.wtxid()}}});
    peer.sync_with_ping();
  };
  // Sub-tests begin and end with an empty mempool. Orphans go with the peers.
  const auto subtest = [&](const std::string& name, const std::vector<std::string>& needs,
                           const std::function<void()>& body) {
    rig.subtest(name, needs, [&] {
      if (!mempool().empty()) node.mine_mempool();
      body();
    });
  };

  subtest("parent_requested", {}, [&] {
    Peer& peer = rig.connect_peer(node);
    const auto [parent, child] = family();
    give(peer, child.transaction);
    node.advance_mocktime(kInboundDelay + kTxidDelay - 1s);
    assert_equal(requests(peer), Items{});
    node.advance_mocktime(1s);
    assert_equal(requests(peer), by_txid({parent.txid()}));
    assert_equal(mempool(), Txids{});
    give(peer, parent.transaction);
    assert_equal(mempool(), Txids{parent.txid(), child.txid()});
  });

  subtest("parent_comes_by_itself", {}, [&] {
    Peer& peer = rig.connect_peer(node);
    Peer& other = rig.connect_peer(node);
    const auto [parent, child] = family();
    give(peer, child.transaction);
    give(other, parent.transaction);
    assert_equal(mempool(), Txids{parent.txid(), child.txid()});
    node.advance_mocktime(kInboundDelay + kTxidDelay);
    assert_equal(requests(peer), Items{});
  });

  subtest("some_parents_known", {}, [&] {
    // One parent in the mempool, one confirmed a moment ago, two missing.
    Peer& peer = rig.connect_peer(node);
    const WalletTransaction confirmed = wallet.send({.coins = {take_coin()}});
    node.mine_mempool();
    node.finish_validation();
    const WalletTransaction in_mempool = wallet.send({.coins = {take_coin()}});
    const WalletTransaction missing = spend({take_coin()});
    const WalletTransaction missing_too = spend({take_coin()});
    const WalletTransaction child = spend({confirmed.change.at(0), in_mempool.change.at(0),
                                           missing.change.at(0), missing_too.change.at(0)});
    give(peer, child.transaction);
    node.advance_mocktime(kInboundDelay + kTxidDelay);
    Items asked = requests(peer);
    std::ranges::sort(asked, {}, &InvItem::hash);
    Items expected = by_txid({missing.txid(), missing_too.txid()});
    std::ranges::sort(expected, {}, &InvItem::hash);
    assert_equal(asked, expected);
    give(peer, missing.transaction);
    assert_true(!mempool().contains(child.txid()));
    give(peer, missing_too.transaction);
    assert_equal(mempool(),
                 Txids{in_mempool.txid(), missing.txid(), missing_too.txid(), child.txid()});
  });

  subtest("asks_another", {}, [&] {
    // Who announced the orphan, too, is asked when the first does not answer.
    Peer& silent = rig.connect_peer(node);
    Peer& other = rig.connect_peer(node);
    const auto [parent, child] = family();
    give(silent, child.transaction);
    node.advance_mocktime(kInboundDelay + kTxidDelay);
    assert_equal(requests(silent), by_txid({parent.txid()}));
    announce(other, child);
    node.advance_mocktime(kRequestTimeout - 1s);
    assert_equal(requests(other), Items{});
    node.advance_mocktime(1s);
    assert_equal(requests(other), by_txid({parent.txid()}));
    give(other, parent.transaction);
    assert_equal(mempool(), Txids{parent.txid(), child.txid()});
  });

  subtest("prefers_outbound", {}, [&] {
    Peer& inbound = rig.connect_peer(node);
    Peer& outbound = rig.accept_peer(node);
    const auto [parent, child] = family();
    give(inbound, child.transaction);
    announce(outbound, child);
    node.advance_mocktime(kTxidDelay);
    assert_equal(requests(outbound), by_txid({parent.txid()}));
    node.advance_mocktime(kInboundDelay);
    assert_equal(requests(inbound), Items{});
    outbound.send(NotFound{.items = by_txid({parent.txid()})});
    outbound.sync_with_ping();
    assert_equal(requests(inbound), by_txid({parent.txid()}));
    give(inbound, parent.transaction);
    assert_equal(mempool(), Txids{parent.txid(), child.txid()});
  });

  subtest("generations", {}, [&] {
    // An orphan's parent may be an orphan itself.
    Peer& peer = rig.connect_peer(node);
    const auto [grandparent, parent] = family();
    const WalletTransaction child = spend({parent.change.at(0)});
    const WalletTransaction grandchild = spend({child.change.at(0)});
    give(peer, parent.transaction);
    give(peer, grandchild.transaction);
    give(peer, child.transaction);
    assert_equal(mempool(), Txids{});
    give(peer, grandparent.transaction);
    assert_equal(mempool(),
                 Txids{grandparent.txid(), parent.txid(), child.txid(), grandchild.txid()});
  });

  subtest("child_of_refused", {}, [&] {
    // A parent without a witness has no other form in which it could be right: once it was refused
    // for what it is, its descendants are not kept.
    const Coin coin = take_coin();
    const WalletTransaction funding = wallet.send(
        {.coins = {coin}, .outputs = {{.value = 1_btc, .script_pubkey = p2sh_op_true()}}});
    node.mine_mempool();
    const std::vector<TxOut>& outputs = funding.transaction.outputs;
    const auto paid = std::ranges::find(outputs, p2sh_op_true(), &TxOut::script_pubkey);
    const OutPoint prevout{funding.txid(), static_cast<std::uint32_t>(paid - outputs.begin())};
    Transaction parent = spend_p2sh_op_true(
        prevout, {.value = 1_btc - 10'000_sat, .script_pubkey = wallet.script()});
    parent.version = 99;  // not standard
    assert_equal(parent.txid(), parent.wtxid());
    const WalletTransaction child =
        spend({{.outpoint = {parent.txid(), 0}, .output = parent.outputs[0]}});
    const WalletTransaction grandchild = spend({child.change.at(0)});

    Peer& peer = rig.connect_peer(node);
    Peer& other = rig.connect_peer(node, {.wtxidrelay = false});
    give(peer, parent);
    assert_in_log(node, {"not keeping orphan with rejected parents " + child.txid().to_string()},
                  [&] { give(peer, child.transaction); });
    assert_in_log(node,
                  {"not keeping orphan with rejected parents " + grandchild.txid().to_string()},
                  [&] { give(peer, grandchild.transaction); });
    // Neither the parent nor the child in any form is asked for.
    other.send(Inv{.items = {{.type = InvType::Tx, .hash = child.txid()}}});
    other.sync_with_ping();
    node.advance_mocktime(kInboundDelay + kTxidDelay);
    assert_equal(requests(peer), Items{});
    assert_equal(requests(other), Items{});
  });

  subtest("parent_with_bad_witness", {}, [&] {
    // A witness-stripped or -spoilt parent was refused; the right one may still come.
    Peer& bad = rig.connect_peer(node);
    Peer& peer = rig.connect_peer(node);
    const auto [parent, child] = family();
    Transaction stripped = parent.transaction;
    stripped.inputs.at(0).witness.clear();
    give(bad, stripped);
    assert_equal(mempool(), Txids{});
    give(peer, child.transaction);
    node.advance_mocktime(kInboundDelay + kTxidDelay);
    assert_equal(requests(peer), by_txid({parent.txid()}));
    give(peer, parent.transaction);
    assert_equal(mempool(), Txids{parent.txid(), child.txid()});
  });

  subtest("orphan_with_bad_witness", {}, [&] {
    // Another orphan with the same txid, first come, is kept beside the right one.
    Peer& bad = rig.connect_peer(node);
    Peer& peer = rig.connect_peer(node);
    const auto [parent, child] = family();
    const Transaction spoilt = with_bad_witness(child.transaction);
    assert_equal(spoilt.txid(), child.txid());
    assert_not_equal(spoilt.wtxid(), child.wtxid());
    give(bad, spoilt);
    give(peer, child.transaction);
    peer.send(TxMessage{parent.transaction});
    peer.sync_with_ping();
    await_sending(peer);
    assert_equal(mempool(), Txids{parent.txid(), child.txid()});
    assert_equal(hash_of(node.rpc("getmempoolentry", child.txid()).at("wtxid")), child.wtxid());
  });

  subtest("peer_leaves", {}, [&] {
    // An orphan goes with the last peer that has sent or announced it.
    const auto [parent, child] = family();
    const auto [parent2, child2] = family();
    Peer& leaving = rig.connect_peer(node);
    Peer& staying = rig.connect_peer(node);
    give(leaving, child.transaction);
    give(leaving, child2.transaction);
    announce(staying, child2);
    const int id = peer_id(node, leaving);
    assert_in_log(node, {fmt::format("Cleared nodestate for peer={}", id)},
                  [&] { leaving.disconnect(); });
    give(staying, parent.transaction);
    give(staying, parent2.transaction);
    assert_equal(mempool(), Txids{parent.txid(), parent2.txid(), child2.txid()});
  });

  subtest("child_pays_for_parent", {}, [&] {
    // A parent that pays too little by itself is taken together with the child that pays for it.
    Peer& peer = rig.connect_peer(node);
    constexpr std::int32_t kTruc = 3;  // BIP431: such a parent may pay nothing
    const WalletTransaction parent =
        wallet.create({.coins = {take_coin()}, .fee = Amount(), .version = kTruc});
    const WalletTransaction child =
        wallet.create({.coins = {parent.change.at(0)}, .fee_rate = 50'000_sat, .version = kTruc});
    give(peer, parent.transaction);
    assert_equal(mempool(), Txids{});
    give(peer, child.transaction);
    node.advance_mocktime(kInboundDelay + kTxidDelay);
    assert_equal(requests(peer), by_txid({parent.txid()}));
    give(peer, parent.transaction);
    assert_equal(mempool(), Txids{parent.txid(), child.txid()});
  });

  // ---- Limits of daemons that count orphans; later ones weigh them for each peer.

  const std::vector<std::string> counts_orphans = {"option:maxorphantx"};

  subtest("expiry", counts_orphans, [&] {
    // After twenty minutes, at the next orphan.
    constexpr std::chrono::seconds kLife = 20min;
    Peer& peer = rig.connect_peer(node);
    const auto [parent, child] = family();
    const auto [parent2, child2] = family();
    give(peer, child.transaction);
    for (int i = 0; i < 2; ++i) {
      node.advance_mocktime(kLife / 2 + 1s);
      peer.sync_with_ping();
    }
    give(peer, child2.transaction);
    give(peer, parent.transaction);
    give(peer, parent2.transaction);
    assert_equal(mempool(), Txids{parent.txid(), parent2.txid(), child2.txid()});
  });

  subtest("limit", counts_orphans, [&] {
    constexpr std::size_t kMost = 100;
    constexpr std::size_t kSent = kMost + 5;
    wallet.mine(static_cast<int>(kSent));
    node.mine(regtest::kCoinbaseMaturity);
    const std::vector<Coin> many = wallet.coins();
    std::vector<Family> families;
    for (std::size_t i = 0; i < kSent; ++i) {
      WalletTransaction parent = spend({many.at(i)});
      WalletTransaction child = spend({parent.change.at(0)});
      families.push_back({std::move(parent), std::move(child)});
    }
    Peer& peer = rig.connect_peer(node);
    for (const Family& one : families) peer.send(TxMessage{one.child.transaction});
    for (const Family& one : families) peer.send(TxMessage{one.parent.transaction});
    await_sending(peer);
    const Txids kept = mempool();
    assert_equal(kept.size(), kSent + kMost);
    for (const Family& one : families) assert_true(kept.contains(one.parent.txid()));
  });
}
