// Nodes of one rig connect, agree and part, and their clocks move.
#include <noderig/scenario.h>

NODERIG_SCENARIO(rig_network, .summary = "nodes connect, agree and part", .nodes = 3,
    .subtests = {"connect", "blocks", "mempools", "disconnect", "no_agreement", "mocktime"}) {
  auto& [n0, n1, n2] = rig.nodes<3>();

  rig.subtest("connect", [&] {
    rig.connect_nodes(n0, n1);
    rig.connect_nodes(n0, n1);
    rig.connect_nodes(n1, n2);
    assert_equal(n0.rpc("getconnectioncount"), n2.rpc("getconnectioncount"), 1);
    assert_equal(n1.rpc("getconnectioncount"), 2);
  });

  RigWallet wallet(n0);
  rig.subtest("blocks", [&] {
    wallet.mine(regtest::kCoinbaseMaturity + 10);
    rig.sync_blocks({n0, n1, n2});
    assert_equal(n0.tip(), n1.tip(), n2.tip());
  });

  rig.subtest("mempools", [&] {
    // By way of the node in the middle, which holds nothing back.
    for (int i = 0; i < 10; ++i) wallet.send();
    rig.sync_all({n0, n1, n2});
    assert_equal(n2.rpc("getrawmempool").size(), 10u);
    n2.mine_mempool();
    rig.sync_all({n0, n1, n2});
    assert_equal(n0.rpc("getrawmempool").size(), 0u);
  });

  rig.subtest("disconnect", [&] {
    rig.disconnect_nodes(n2, n1);
    assert_equal(n0.rpc("getconnectioncount"), n1.rpc("getconnectioncount"), 1);
    assert_equal(n2.rpc("getconnectioncount"), 0);
    const auto lone = n2.mine(1).back();
    assert_not_equal(n1.tip(), lone);
    rig.connect_nodes(n2, n1);
    rig.sync_blocks({n0, n1, n2});
    assert_equal(n0.tip(), lone);
  });

  rig.subtest("no_agreement", [&] {
    rig.disconnect_nodes(n1, n2);
    n2.mine(1);
    assert_raises<AssertionError>([&] { rig.sync_blocks({n0, n2}, 100ms); }, "its tip is");
    wallet.send();
    assert_raises<AssertionError>(
        [&] {
          rig.sync_mempools({n0, n2}, 100ms);
        },
        "the mempools of node0, node2 are equal");
  });

  rig.subtest("mocktime", [&] {
    rig.set_mocktime(regtest::kEpoch + 1h);
    // A block two hours ahead of the clock is refused; once the clock moves it is taken.
    ChainBuilder chain = n2.chain();
    const BuiltBlock early = chain.mine({.time = regtest::kEpoch + 4h});
    assert_equal(n2.submit(early.block()), "time-too-new");
    n2.advance_mocktime(1h);
    n2.restart();
    assert_equal(n2.submit(early.block()), "");
  });
}
