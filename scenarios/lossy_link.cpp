// A node catches up with another although what is between them delays, cuts up, repeats or loses
// what passes, or breaks. In each sub-test `late` connects to `ahead`, which has blocks that `late`
// lacks, through a link of its own:
//
//   late --- forth --> link --> ahead
//        <-- back ----      <--

#include <noderig/scenario.h>

namespace {

using namespace noderig;

// How an announcement of a block can look.
const std::vector<std::string> kAnnouncements = {"inv", "headers", "cmpctblock"};

bool unconnected(const Node& node) {
  return node.rpc("getpeerinfo").empty();
}

}  // namespace

NODERIG_SCENARIO(lossy_link,
    .summary = "blocks get through a link that delays, cuts up, repeats, loses or breaks",
    .nodes = 2,
    .tags = {"p2p", "faults"},
    .memory_mb = 400,
    .likelihood = Likelihood::Possible,
    .impact = Impact::Major,
    .links = {"src/net_processing.cpp", "src/net.cpp"},
    .subtests = {"small_writes", "late_messages", "repeated_messages", "lost_announcement",
                 "announcements_lost_at_random", "lost_transaction", "cut_during_download",
                 "half_closed"}) {
  auto& [ahead, late] = rig.nodes<2>();

  const auto await_unconnected = [&] {
    for (const Node* node : {&ahead, &late}) {
      node->wait_until([&] { return unconnected(*node); }, node->name() + " has no connection");
    }
  };
  const auto cut = [&](Link& link) {
    link.cut();
    await_unconnected();
    assert_equal(link.connections(), 0U);
  };
  // One more block makes one tip the best, whatever a sub-test left.
  const auto begin_equal = [&] {
    await_unconnected();
    rig.sync_by_rpc({ahead, late});
    ahead.mine(1);
    rig.sync_by_rpc({ahead, late});
    assert_equal(ahead.tip(), late.tip());
  };
  const auto assert_caught_up = [&](int height) {
    rig.sync_blocks({ahead, late});
    assert_equal(late.height(), height);
    assert_equal(late.tip(), ahead.tip());
  };
  const auto await_lost = [&](const Link& link) {
    ahead.wait_until([&] { return link.traffic(Way::Back).lost > 0; },
                     "the link has lost a message of node 0");
  };

  rig.subtest("small_writes", [&] {
    begin_equal();
    const int height = ahead.height() + 20;
    ahead.mine(20);
    const Link& link = rig.link(late, ahead, {.fragment = 3});
    assert_caught_up(height);
    // A header alone is 24 bytes.
    for (const Way way : {Way::Forth, Way::Back}) {
      const LinkTraffic traffic = link.traffic(way);
      assert_greater_than(traffic.passed, 0U);
      assert_greater_than_or_equal(traffic.writes, traffic.passed * (kFrameHeaderSize / 3));
    }
  });

  rig.subtest("late_messages", [&] {
    begin_equal();
    const int height = ahead.height() + 20;
    ahead.mine(20);
    constexpr auto kDelay = 40ms;
    rig.link(late, ahead, {.delay = kDelay, .jitter = 20ms});
    assert_caught_up(height);
    // A ping has to go there and come back.
    Peer& peer = rig.connect_peer(rig.link(ahead, {.delay = kDelay}));
    const auto begin = std::chrono::steady_clock::now();
    peer.sync_with_ping();
    assert_true(std::chrono::steady_clock::now() - begin >= 2 * kDelay);
  });

  rig.subtest("repeated_messages", [&] {
    begin_equal();
    const int height = ahead.height() + 20;
    ahead.mine(20);
    const Link& link = rig.link(late, ahead, {.repeat = 1});
    assert_caught_up(height);
    const LinkTraffic back = link.traffic(Way::Back);
    assert_greater_than_or_equal(back.passed_by_command.at("block"), 40U);
    assert_greater_than(link.traffic(Way::Forth).repeated, 0U);
    // Nobody was punished for it.
    assert_equal(link.connections(), 1U);
    assert_equal(late.rpc("getpeerinfo").size(), 1U);
    assert_equal(ahead.rpc("getpeerinfo").size(), 1U);
  });

  rig.subtest("lost_announcement", [&] {
    begin_equal();
    Link& link = rig.link(late, ahead);
    const Uint256 before = late.tip();
    link.set_faults({.lose = 1, .commands = kAnnouncements}, Way::Back);
    const Uint256 lost = ahead.mine(1).back();
    await_lost(link);
    assert_equal(late.tip(), before);
    // The next announcement does not connect to what is known, and both blocks are fetched.
    link.set_faults({});
    ahead.mine(1);
    assert_caught_up(ahead.height());
    assert_equal(hash_of(late.rpc("getblockhash", late.height() - 1)), lost);
  });

  rig.subtest("announcements_lost_at_random", [&] {
    begin_equal();
    Link& link = rig.link(late, ahead, {.delay = 1ms, .fragment = 100});
    link.set_faults({.lose = 0.5, .commands = kAnnouncements}, Way::Back);
    const int height = ahead.height() + 20;
    for (int i = 0; i < 20; ++i) ahead.mine(1);
    await_lost(link);
    // An answer may be among what was lost. That holds up this connection, but not the next.
    cut(link);
    link.set_faults({});
    rig.connect_nodes(late, link, ahead);
    assert_caught_up(height);
  });

  rig.subtest("lost_transaction", [&] {
    begin_equal();
    RigWallet wallet(ahead);
    wallet.mine(1 + regtest::kCoinbaseMaturity);
    Link& link = rig.link(late, ahead);
    rig.sync_blocks({ahead, late});
    link.set_faults({.lose = 1, .commands = {"inv", "tx"}}, Way::Back);
    const WalletTransaction lost = wallet.send();
    await_lost(link);
    assert_equal(ahead.rpc("getrawmempool"), Json::array({lost.txid().to_string()}));
    assert_equal(late.rpc("getrawmempool"), Json::array());
    // The block brings it, as a compact block whose transaction has to be asked for.
    link.set_faults({});
    const BuiltBlock block = ahead.mine_mempool();
    assert_caught_up(block.height());
    assert_equal(
        late.rpc("getblock", block.hash()).at("tx"),
        Json::array({block.block().transactions[0].txid().to_string(), lost.txid().to_string()}));
  });

  rig.subtest("cut_during_download", [&] {
    begin_equal();
    const Uint256 before = late.tip();
    const int height = ahead.height() + 20;
    ahead.mine(20);
    Link& link = rig.link(late, ahead, {.lose = 1, .commands = {"block", "cmpctblock"}});
    await_lost(link);
    assert_equal(late.tip(), before);
    cut(link);
    assert_equal(late.tip(), before);
    // What was asked for and did not come is asked for again.
    link.set_faults({});
    rig.connect_nodes(late, link, ahead);
    assert_caught_up(height);
  });

  rig.subtest("half_closed", [&] {
    begin_equal();
    Link& link = rig.link(late, ahead);
    link.half_close(Way::Back);
    await_unconnected();
    const int height = ahead.height() + 1;
    ahead.mine(1);
    rig.connect_nodes(late, link, ahead);
    assert_caught_up(height);
  });
}
