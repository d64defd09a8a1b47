// BIP133: a node tells its peers the fee rate below which it takes no transaction, and spares a
// peer those below the rate that the peer has named.
//
//   satoshi a byte:           1    a satoshi below 5    5    20
//   peer without feefilter    x            x            x     x
//   feefilter 5                                         x     x   (the bound itself is let through)
//   feefilter 20                                              x
//
// The node's own filter is its relay fee, then its mempool's minimum when that rises; during
// initial block download it asks for nothing at all, and some connections get no filter.

#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/node/peer_info.h>
#include <noderig/scenario.h>
#include <set>

namespace {

using namespace noderig;            // NOLINT(google-build-using-namespace)
using namespace noderig::p2p;       // NOLINT(google-build-using-namespace)
using namespace noderig::literals;  // NOLINT(google-build-using-namespace)

// The transactions announced so far and not taken before, each of them once.
std::set<Uint256> announced(Peer& peer) {
  std::set<Uint256> hashes;
  for (const Inv& inv : peer.drain<Inv>()) {
    for (const InvItem& item : inv.items) {
      if (item.type == InvType::Wtx) assert_true(hashes.insert(item.hash).second);
    }
  }
  return hashes;
}

}  // namespace

NODERIG_SCENARIO(feefilter,
    .summary = "transactions below a peer's fee filter are withheld, and the node sends its own",
    .args = {"-maxmempool=5", "-checkmempool=0"},
    .tags = {"p2p", "mempool"},
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Moderate,
    .links = {"src/net_processing.cpp", "BIP133"},
    .subtests = {"sent", "not_sent", "initial_download", "withheld", "bad_values",
                 "mempool_minimum"},
    .without = {{"checkmempool", "a check of a full mempool at each of its changes takes long"}}) {
  Node& node = rig.node(0);
  constexpr Amount kRelayFee = 1'000_sat;  // -minrelaytxfee

  rig.subtest("sent", [&] {
    Peer& inbound = rig.connect_peer(node);
    Peer& outbound = rig.accept_peer(node);
    for (Peer* peer : {&inbound, &outbound}) {
      assert_equal(peer->expect<FeeFilter>().fee_rate, kRelayFee);
    }
    await_sending(outbound);
    outbound.expect_none<FeeFilter>();
    outbound.disconnect();  // it announces no blocks, and would be dropped for that
    // And not again while nothing changes.
    for (int i = 0; i < 5; ++i) {
      node.advance_mocktime(15min);
      await_sending(inbound);
    }
    inbound.expect_none<FeeFilter>();
  });

  rig.subtest("not_sent", [&] {
    // To whom the node takes no transactions from, whom it takes any from, or who is too old.
    Node& blocks_only = rig.add_node({"-blocksonly"});
    Node& trusting = rig.add_node({"-whitelist=forcerelay@127.0.0.0/8"});
    rig.start({blocks_only, trusting});
    Peer* const peers[] = {
        &rig.accept_peer(node, "block-relay-only"),
        &rig.connect_peer(blocks_only),
        &rig.connect_peer(trusting),
        &rig.connect_peer(node,
                          {.protocol_version = 70012, .wtxidrelay = false, .sendaddrv2 = false}),
    };
    for (Peer* peer : peers) {
      await_sending(*peer);
      assert_equal(peer->count<FeeFilter>(), 0u);
    }
  });

  rig.subtest("initial_download", [&] {
    // A node that is far behind wants no transactions, and says so by a rate that nobody pays.
    Node& behind = rig.add_node();
    behind.set_mocktime(regtest::kEpoch + 48h);
    behind.start();
    Peer& peer = rig.connect_peer(behind);
    assert_greater_than(peer.expect<FeeFilter>().fee_rate, Amount::sat(1'000'000));
    behind.mine({.time = regtest::kEpoch + 48h});
    assert_equal(peer.expect<FeeFilter>().fee_rate, kRelayFee);
    await_sending(peer);
    peer.expect_none<FeeFilter>();
  });

  RigWallet wallet(node, CoinKind::OpTrue);
  // Advances over the random time between announcements: 5 s on average.
  const auto announce = [&](const std::vector<Peer*>& peers) {
    node.advance_mocktime(2min);
    for (Peer* peer : peers) await_sending(*peer);
  };

  rig.subtest("withheld", [&] {
    wallet.mine(regtest::kCoinbaseMaturity + 5);
    Peer& all = rig.connect_peer(node);
    Peer& five = rig.connect_peer(node);
    Peer& twenty = rig.connect_peer(node);
    const auto set_filter = [&](Peer& peer, Amount rate) {
      peer.send(FeeFilter{.fee_rate = rate});
      await_sending(peer);
      assert_equal(amount_of(peer_info(node, peer).at("minfeefilter")), rate);
    };
    set_filter(five, 5'000_sat);
    set_filter(twenty, 20'000_sat);
    announce({&all, &five, &twenty});
    for (Peer* peer : {&all, &five, &twenty}) peer->drain<Inv>();

    const auto send = [&](Amount fee) { return wallet.send({.fee = fee}).wtxid(); };
    const auto vsize = static_cast<std::int64_t>(wallet.create().vsize());
    const Amount at_five = fee_at_rate(5'000_sat, vsize);
    const Amount at_twenty = fee_at_rate(20'000_sat, vsize);
    const Uint256 low = send(fee_at_rate(kRelayFee, vsize));
    const Uint256 below_five = send(at_five - 1_sat);
    const Uint256 exactly_five = send(at_five);
    const Uint256 exactly_twenty = send(at_twenty);
    announce({&all, &five, &twenty});
    using Hashes = std::set<Uint256>;
    assert_equal(announced(all), Hashes{low, below_five, exactly_five, exactly_twenty});
    assert_equal(announced(five), Hashes{exactly_five, exactly_twenty});
    assert_equal(announced(twenty), Hashes{exactly_twenty});

    // A filter that is lifted holds for what comes later; what was withheld stays so.
    set_filter(twenty, Amount());
    const Uint256 later = send(fee_at_rate(kRelayFee, vsize));
    announce({&twenty});
    assert_equal(announced(twenty), Hashes{later});
    node.mine_mempool();
  });

  rig.subtest("bad_values", [&] {
    Peer& peer = rig.connect_peer(node);
    const auto filter = [&] { return amount_of(peer_info(node, peer).at("minfeefilter")); };
    peer.send(FeeFilter{.fee_rate = 7'000_sat});
    peer.sync_with_ping();
    assert_equal(filter(), 7'000_sat);
    for (const Amount bad : {-1_sat, 21'000'000_btc + 1_sat}) {
      peer.send(FeeFilter{.fee_rate = bad});
      peer.sync_with_ping();
      assert_equal(filter(), 7'000_sat);
    }
  });

  rig.subtest("mempool_minimum", [&] {
    // A full mempool throws out what pays least, and the node's filter rises with what it wants.
    // Each transaction takes from 97 to 150 kB of the 5 MB, depending on the daemon.
    constexpr int kOutputs = 2000;
    constexpr int kCount = 60;
    wallet.mine(regtest::kCoinbaseMaturity + kCount);
    Peer& peer = rig.connect_peer(node);
    assert_equal(peer.expect<FeeFilter>().fee_rate, kRelayFee);
    const std::vector<Coin> coins = wallet.coins();
    for (int i = 0; i < kCount; ++i) {
      const WalletTransaction large =
          wallet.create({.coins = {coins.at(static_cast<std::size_t>(i))},
                         .fee_rate = Amount::sat(20'000 + 100 * i),
                         .change_outputs = kOutputs});
      peer.send(TxMessage{large.transaction});
    }
    await_sending(peer);  // the change is noticed: the next filter is due within five minutes
    const Amount minimum = amount_of(node.rpc("getmempoolinfo").at("mempoolminfee"));
    assert_greater_than(minimum, 20'000_sat);
    node.advance_mocktime(5min + 1s);
    // Rounded to one of a few values, ten percent apart, so that it does not tell nodes apart.
    const Amount sent = peer.expect<FeeFilter>().fee_rate;
    assert_greater_than(sent, minimum * 10 / 11 - 1_sat);
    assert_greater_than(minimum * 11 / 10 + 1_sat, sent);
    await_sending(peer);
    peer.expect_none<FeeFilter>();
  });
}
