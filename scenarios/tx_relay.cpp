// How transactions travel, but for orphans (tx_orphans).
//
//   mempool ---> node ---> inv, after a random time: by wtxid to peers that said wtxidrelay, by
//   txid
//                          to others, never to those that want no transactions
//   peer: getdata before that ---> notfound, since the answer would tell when it came
//
//   peer: inv ---> node ---> getdata to one peer at a time, the next one after 60 s, a notfound or
//                            the end of the connection
//        asked at once   an outbound peer
//        2 s later       an inbound peer; an announcement by txid, where wtxid is spoken; a peer
//                        with 100 requests open; each of them adds to the delay
//
// What the node has, or has refused, it does not ask for. Time is the mock clock's.

#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/node/peer_info.h>
#include <noderig/scenario.h>
#include <algorithm>
#include <set>

namespace {

using namespace noderig;       // NOLINT(google-build-using-namespace)
using namespace noderig::p2p;  // NOLINT(google-build-using-namespace)

InvItem wtx(const Uint256& wtxid) {
  return {.type = InvType::Wtx, .hash = wtxid};
}

// What the node has asked the peer for, and was not taken before.
std::vector<InvItem> requests(Peer& peer) {
  await_sending(peer);
  std::vector<InvItem> items;
  for (const GetData& message : peer.drain<GetData>()) {
    items.insert(items.end(), message.items.begin(), message.items.end());
  }
  return items;
}

using Items = std::vector<InvItem>;

// Equal for the same items in whatever order.
std::vector<std::string> sorted(const Items& items) {
  std::vector<std::string> texts;
  for (const InvItem& item : items) texts.push_back(item.to_string());
  std::ranges::sort(texts);
  return texts;
}

}  // namespace

NODERIG_SCENARIO(tx_relay,
    .summary = "transactions are announced late, requested once and refused only once",
    .chain = Chain::Mature,
    .args = {"-peerbloomfilters=1"},
    .tags = {"p2p", "mempool"},
    .likelihood = Likelihood::Possible,
    .impact = Impact::Serious,
    .links = {"src/net_processing.cpp", "src/node/txdownloadman_impl.cpp", "BIP339"},
    .subtests = {"announce", "unannounced", "forms", "mempool_message", "delays", "one_at_a_time",
                 "after_notfound", "after_disconnect", "prefers_outbound", "many_requests",
                 "many_announcements", "wrong_kind", "known", "refused", "initial_download"}) {
  constexpr std::chrono::seconds kInboundDelay = 2s;
  constexpr std::chrono::seconds kTxidDelay = 2s;
  constexpr std::chrono::seconds kOverloadDelay = 2s;
  constexpr std::chrono::seconds kRequestTimeout = 60s;
  Node& node = rig.node(0);
  RigWallet wallet(node, CoinKind::OpTrue);
  wallet.mine(regtest::kCoinbaseMaturity + 20 - kMatureBlocks);

  // Over the random time between announcements to a peer: 5 s on average, 2 s outbound.
  const auto announce = [&](std::initializer_list<std::reference_wrapper<Peer>> peers) {
    node.advance_mocktime(2min);
    for (Peer& peer : peers) await_sending(peer);
  };
  // A peer that has had its first turn: transactions before that are not announced to it.
  const auto connect = [&](const PeerOptions& options = {}) -> Peer& {
    Peer& peer = rig.connect_peer(node, options);
    await_sending(peer);
    return peer;
  };
  const auto accept = [&](const std::string& type = "outbound-full-relay") -> Peer& {
    Peer& peer = rig.accept_peer(node, type);
    await_sending(peer);
    return peer;
  };
  const PeerOptions by_txid{.wtxidrelay = false};
  const auto tell = [&](Peer& peer, const Items& items) {
    peer.send(Inv{.items = items});
    peer.sync_with_ping();
  };
  // A hash that belongs to nothing, another one on each call.
  std::uint64_t made = 0;
  const auto some_hash = [&] {
    Writer writer;
    return sha256d(writer.integer(++made).take());
  };
  const auto in_mempool = [&](const Uint256& txid) {
    const Json txids = node.rpc("getrawmempool");
    return std::ranges::find(txids, Json(txid)) != txids.end();
  };

  // Sub-tests begin with an empty mempool, and the wallet knows what became of its coins.
  const auto subtest = [&](const std::string& name, const std::function<void()>& body) {
    rig.subtest(name, [&] {
      if (!node.rpc("getrawmempool").empty()) node.mine_mempool();
      wallet.sync();
      node.finish_validation();  // no block is announced any more
      body();
    });
  };

  // ---- What the node tells

  subtest("announce", [&] {
    Peer& wtxid_peer = connect();
    Peer& txid_peer = connect(by_txid);
    Peer& outbound = accept();
    Peer& no_transactions = connect({.relay = false});
    Peer& blocks_only = accept("block-relay-only");
    const WalletTransaction sent = wallet.send();
    // From a peer, which is not told what it knows.
    Peer& source = connect();
    const WalletTransaction received = wallet.create({.coins = {wallet.coins().at(0)}});
    source.send(TxMessage{received.transaction});
    source.sync_with_ping();
    assert_true(in_mempool(received.txid()));

    announce({wtxid_peer, txid_peer, outbound, no_transactions, blocks_only, source});
    const auto announced = [](Peer& peer) {
      Items items;
      for (const Inv& inv : peer.drain<Inv>()) {
        items.insert(items.end(), inv.items.begin(), inv.items.end());
      }
      return sorted(items);
    };
    const InvItem tx1{.type = InvType::Tx, .hash = sent.txid()};
    const InvItem tx2{.type = InvType::Tx, .hash = received.txid()};
    assert_equal(announced(wtxid_peer), sorted({wtx(sent.wtxid()), wtx(received.wtxid())}));
    assert_equal(announced(outbound), sorted({wtx(sent.wtxid()), wtx(received.wtxid())}));
    assert_equal(announced(txid_peer), sorted({tx1, tx2}));
    // Nor of what came before it connected.
    assert_equal(announced(source), std::vector<std::string>{});
    no_transactions.expect_none<Inv>();
    blocks_only.expect_none<Inv>();
  });

  subtest("unannounced", [&] {
    Peer& peer = connect();
    const WalletTransaction sent = wallet.send();
    const Items items = {wtx(sent.wtxid())};
    peer.send(GetData{.items = items});
    assert_equal(peer.expect<NotFound>().items, items);
    peer.expect_none<TxMessage>();
    announce({peer});
    assert_equal(peer.expect<Inv>().items, items);
    peer.send(GetData{.items = items});
    assert_equal(peer.expect<TxMessage>().tx, sent.transaction);

    const Items unknown = {wtx(some_hash()), {.type = InvType::WitnessTx, .hash = some_hash()}};
    peer.send(GetData{.items = unknown});
    assert_equal(peer.expect<NotFound>().items, unknown);
  });

  subtest("forms", [&] {
    Peer& peer = connect();
    const WalletTransaction sent = wallet.send();
    announce({peer});
    const auto get = [&](const InvItem& item) {
      peer.send(GetData{.items = {item}});
      return peer.expect<TxMessage>().tx;
    };
    assert_true(sent.transaction.has_witness());
    assert_equal(get(wtx(sent.wtxid())), sent.transaction);
    assert_equal(get({.type = InvType::WitnessTx, .hash = sent.txid()}), sent.transaction);
    const Transaction stripped = get({.type = InvType::Tx, .hash = sent.txid()});
    assert_true(!stripped.has_witness());
    assert_equal(stripped.txid(), sent.txid());
    peer.expect_none<TxMessage>();
  });

  subtest("mempool_message", [&] {
    // Who asks (BIP35) is told of all there is, at the next announcement.
    const WalletTransaction sent = wallet.send();
    Peer& peer = connect();
    announce({peer});
    peer.expect_none<Inv>();
    peer.send(MemPool{});
    peer.sync_with_ping();  // it has the question before its clock goes on to the next turn
    announce({peer});
    assert_equal(peer.expect<Inv>().items, Items{wtx(sent.wtxid())});
    peer.expect_none<Inv>();
  });

  // ---- What the node asks for

  subtest("delays", [&] {
    // Each peer with a transaction of its own.
    Peer& outbound = accept();
    Peer& inbound = connect();
    Peer& inbound_txid = connect(by_txid);
    const Items first = {wtx(some_hash())};
    const Items second = {wtx(some_hash())};
    const Uint256 third = some_hash();
    tell(outbound, first);
    tell(inbound, second);
    tell(inbound_txid, {{.type = InvType::Tx, .hash = third}});
    assert_equal(requests(outbound), first);
    node.advance_mocktime(kInboundDelay - 1s);
    assert_equal(requests(inbound), Items{});
    node.advance_mocktime(1s);
    assert_equal(requests(inbound), second);
    node.advance_mocktime(kTxidDelay - 1s);
    assert_equal(requests(inbound_txid), Items{});
    node.advance_mocktime(1s);
    assert_equal(requests(inbound_txid), Items{{.type = InvType::WitnessTx, .hash = third}});
  });

  // Two inbound peers that announce the same; which of them is asked first is random.
  struct Pair {
    Peer* asked;
    Peer* other;
  };
  const auto announce_twice = [&](const Items& items) {
    Peer& a = connect();
    Peer& b = connect();
    tell(a, items);
    tell(b, items);
    node.advance_mocktime(kInboundDelay);
    const Items from_a = requests(a);
    const Items from_b = requests(b);
    assert_true(from_a.empty() || from_b.empty());
    assert_equal(from_a.empty() ? from_b : from_a, items);
    return from_a.empty() ? Pair{&b, &a} : Pair{&a, &b};
  };

  subtest("one_at_a_time", [&] {
    const Items items = {wtx(some_hash())};
    const auto [asked, other] = announce_twice(items);
    node.advance_mocktime(kRequestTimeout - 1s);
    assert_equal(requests(*other), Items{});
    node.advance_mocktime(1s);
    assert_equal(requests(*other), items);
    assert_equal(requests(*asked), Items{});
  });

  subtest("after_notfound", [&] {
    const Items items = {wtx(some_hash())};
    const auto [asked, other] = announce_twice(items);
    asked->send(NotFound{.items = items});
    asked->sync_with_ping();
    assert_equal(requests(*other), items);
    asked->send(NotFound{.items = {wtx(some_hash())}});  // about what nobody asked for
    asked->sync_with_ping();
  });

  subtest("after_disconnect", [&] {
    const Items items = {wtx(some_hash())};
    const auto [asked, other] = announce_twice(items);
    asked->disconnect();
    assert_equal(other->expect<GetData>().items, items);
    assert_equal(requests(*other), Items{});
  });

  subtest("prefers_outbound", [&] {
    // An outbound peer is asked before those who came earlier, once its turn has come.
    const Items items = {wtx(some_hash())};
    Peer& first = accept();
    tell(first, items);
    assert_equal(requests(first), items);
    std::vector<Peer*> inbound;
    for (int i = 0; i < 5; ++i) {
      inbound.push_back(&connect());
      tell(*inbound.back(), items);
    }
    node.advance_mocktime(kInboundDelay);
    Peer& outbound = accept();
    tell(outbound, items);
    assert_equal(requests(outbound), Items{});
    node.advance_mocktime(kRequestTimeout - kInboundDelay);
    assert_equal(requests(outbound), items);
    for (Peer* peer : inbound) assert_equal(requests(*peer), Items{});
  });

  const auto some_items = [&](std::size_t count) {
    Items items;
    while (items.size() < count) items.push_back(wtx(some_hash()));
    return items;
  };

  subtest("many_requests", [&] {
    constexpr std::size_t kManyRequests = 100;
    Peer& peer = connect();
    const Items many = some_items(kManyRequests);
    tell(peer, many);
    node.advance_mocktime(kInboundDelay);
    assert_equal(sorted(requests(peer)), sorted(many));
    const Items more = some_items(2);
    tell(peer, more);
    node.advance_mocktime(kInboundDelay + kOverloadDelay - 1s);
    assert_equal(requests(peer), Items{});
    node.advance_mocktime(1s);
    assert_equal(sorted(requests(peer)), sorted(more));
  });

  subtest("many_announcements", [&] {
    // Beyond so many announcements that wait, a peer's further ones are forgotten.
    constexpr std::size_t kMost = 5000;
    Peer& peer = connect();
    Items items = some_items(kMost + 1);
    tell(peer, items);
    items.pop_back();
    node.advance_mocktime(kInboundDelay);
    assert_equal(sorted(requests(peer)), sorted(items));
  });

  subtest("wrong_kind", [&] {
    // Who said wtxidrelay announces by wtxid, others by txid; the other kind is passed over.
    Peer& wtxid_peer = connect();
    Peer& txid_peer = connect(by_txid);
    tell(wtxid_peer, {{.type = InvType::Tx, .hash = some_hash()}});
    tell(txid_peer, {wtx(some_hash())});
    node.advance_mocktime(kInboundDelay + kTxidDelay);
    assert_equal(requests(wtxid_peer), Items{});
    assert_equal(requests(txid_peer), Items{});
  });

  subtest("known", [&] {
    // In the mempool, and in a block of late.
    const WalletTransaction sent = wallet.send();
    Peer& peer = connect();
    tell(peer, {wtx(sent.wtxid())});
    node.advance_mocktime(kInboundDelay);
    assert_equal(requests(peer), Items{});
    node.mine_mempool();
    assert_true(!in_mempool(sent.txid()));
    node.finish_validation();
    tell(peer, {wtx(sent.wtxid())});
    node.advance_mocktime(kInboundDelay);
    assert_equal(requests(peer), Items{});
  });

  subtest("refused", [&] {
    // What was refused is not asked for again until the next block, which may change the verdict.
    Peer& peer = connect();
    const auto try_out = [&](const Items& items) {
      tell(peer, items);
      node.advance_mocktime(kInboundDelay);
      return requests(peer);
    };
    const WalletTransaction poor = wallet.create({.fee = 1_sat});
    const WalletTransaction odd = wallet.create({.version = 99});
    for (const WalletTransaction* refused : {&poor, &odd}) {
      const Items items = {wtx(refused->wtxid())};
      assert_equal(try_out(items), items);
      peer.send(TxMessage{refused->transaction});
      peer.sync_with_ping();
      assert_true(!in_mempool(refused->txid()));
      assert_equal(try_out(items), Items{});
    }
    node.mine(1);
    node.finish_validation();
    const Items both = {wtx(poor.wtxid()), wtx(odd.wtxid())};
    assert_equal(sorted(try_out(both)), sorted(both));
  });

  subtest("initial_download", [&] {
    // A node that is far behind neither asks for transactions nor takes them.
    Node& behind = rig.add_node();
    behind.set_mocktime(regtest::kEpoch + 48h);
    behind.start();
    Peer& peer = rig.connect_peer(behind);
    await_sending(peer);
    tell(peer, {wtx(some_hash())});
    behind.advance_mocktime(kInboundDelay);
    assert_equal(requests(peer), Items{});
    // As it takes none, it does not even find that this one's input is unknown.
    assert_in_log(behind, {"received: tx "},
                  [&] {
                    peer.send(TxMessage{wallet.create().transaction});
                    peer.sync_with_ping();
                  },
                  {"stored orphan tx"});
    assert_equal(behind.rpc("getmempoolinfo").at("size"), 0);
  });
}
