// What a scenario can do with nodes, on a daemon that does it right.
#include <noderig/scenario.h>
#include <thread>

NODERIG_SCENARIO(nodes, .summary = "nodes live, mine, meet and are listened to", .nodes = 2,
    .likelihood = Likelihood::Possible, .impact = Impact::Moderate,
    .subtests = {"restart_keeps_the_chain", "survives_kill", "outlives_its_thread", "miners_differ", "sync_by_rpc",
                 "wait_for_height", "outbound_peer", "log"}) {
  auto& [n0, n1] = rig.nodes<2>();

  rig.subtest("restart_keeps_the_chain", [&] {
    const auto mined = n0.mine(3);
    n0.restart();
    assert_equal(n0.height(), 3);
    assert_equal(n0.tip(), mined.back());
  });

  rig.subtest("survives_kill", [&] {
    Node& node = rig.add_node();
    node.start();
    node.kill();
    assert_true(!node.running());
    node.start();
    assert_equal(node.height(), 0);
  });

  rig.subtest("outlives_its_thread", [&] {
    Node& node = rig.add_node();
    std::thread([&] { node.start(); }).join();
    assert_equal(node.height(), 0);
    node.stop();
  });

  rig.subtest("miners_differ", [&] {
    const auto before = n0.tip();
    n1.mine(3);
    assert_not_equal(n1.tip(), before);
    assert_equal(n1.height(), n0.height());
  });

  rig.subtest("sync_by_rpc", [&] {
    // Both have three blocks of their own; one more decides.
    const auto decisive = n1.mine(1).back();
    rig.sync_by_rpc({n0, n1});
    assert_equal(n0.tip(), n1.tip(), decisive);
    assert_equal(n1.rpc("getchaintips").size(), 2);
    assert_equal(n0.rpc("getconnectioncount"), 0);
  });

  rig.subtest("wait_for_height", [&] {
    Peer& peer = rig.connect_peer(n0);
    ChainBuilder chain = n0.chain();
    for (const BuiltBlock& block : chain.mine(5)) peer.send(BlockMessage{block.block()});
    n0.wait_for_height(chain.height());
    assert_equal(n0.tip(), chain.tip());
    n0.wait_for_tip(chain.tip());
    assert_raises<AssertionError>([&] { n0.wait_for_height(chain.height() + 1, 100ms); },
                                  "its height is 9");
  });

  rig.subtest("outbound_peer", [&] {
    Peer& peer = rig.accept_peer(n0);
    peer.sync_with_ping();
    const Json info = n0.rpc("getpeerinfo");
    assert_equal(info.size(), 1);
    assert_equal(info[0]["inbound"], false);
    assert_equal(info[0]["connection_type"], "outbound-full-relay");
    assert_equal(peer.node_version().start_height, n0.height());
  });

  rig.subtest("log", [&] {
    const auto mine_one = [&] { n0.mine(1); };
    const std::string update = fmt::format("height={}", n0.height() + 1);
    assert_in_log(n0, {"UpdateTip", update}, mine_one);
    assert_raises<AssertionError>(
        [&] { assert_in_log(n0, {"what no node logs"}, mine_one, {}, 100ms); }, "did not log");
    assert_raises<AssertionError>(
        [&] { assert_in_log(n0, {"UpdateTip"}, mine_one, {"UpdateTip: new best"}); },
        "was to stay away");
  });
}
