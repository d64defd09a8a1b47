// A network falls into two halves and comes together again: each half goes on by itself, and the
// branch with the most work wins everywhere once messages pass.
//
//   west0 --- west1 --- link --- east0 --- east1

#include <noderig/scenario.h>

#include <algorithm>

namespace {

using namespace noderig;

// What a node says of a block that ends one of its branches; empty when it does not know it.
std::string tip_status(const Node& node, const Uint256& hash) {
  for (const Json& tip : node.rpc("getchaintips")) {
    if (hash_of(tip.at("hash")) == hash) return tip.at("status");
  }
  return {};
}

}  // namespace

NODERIG_SCENARIO(healed_partition,
    .summary = "after a partition the branch with the most work wins on both sides",
    .nodes = 4,
    .tags = {"p2p", "validation", "faults"},
    .memory_mb = 800,
    .timeout = 120s,
    .likelihood = Likelihood::Possible,
    .impact = Impact::Serious,
    .links = {"src/net_processing.cpp", "src/validation.cpp"},
    .subtests = {"most_work_wins", "equal_work_stays_apart", "transactions_return",
                 "connection_breaks_meanwhile"}) {
  auto& [west0, west1, east0, east1] = rig.nodes<4>();
  const auto all_have = [&](const Uint256& tip) {
    for (const Node* node : {&west0, &west1, &east0, &east1}) assert_equal(node->tip(), tip);
  };
  // All nodes at one tip and connected in a row.
  const auto join = [&]() -> Link& {
    rig.sync_by_rpc({west0, west1, east0, east1});
    const Uint256 tip = west0.mine(1).back();
    rig.sync_by_rpc({west0, west1, east0, east1});
    all_have(tip);
    rig.connect_nodes(west0, west1);
    rig.connect_nodes(east0, east1);
    return rig.link(west1, east0);
  };
  const auto mine_apart = [&](int west, int east) {
    const Uint256 in_west = west0.mine(west).back();
    const Uint256 in_east = east1.mine(east).back();
    rig.sync_blocks({west0, west1});
    rig.sync_blocks({east0, east1});
    assert_equal(west0.tip(), west1.tip(), in_west);
    assert_equal(east0.tip(), east1.tip(), in_east);
    assert_not_equal(in_west, in_east);
    return std::pair(in_west, in_east);
  };

  rig.subtest("most_work_wins", [&] {
    Link& link = join();
    link.partition();
    const auto [west, east] = mine_apart(2, 3);
    for (const Node* node : {&west0, &west1}) assert_equal(tip_status(*node, east), "");
    for (const Node* node : {&east0, &east1}) assert_equal(tip_status(*node, west), "");
    link.heal();
    rig.sync_blocks({west0, west1, east0, east1});
    all_have(east);
    // The branch that lost is kept where it was.
    for (const Node* node : {&west0, &west1}) {
      assert_equal(tip_status(*node, east), "active");
      assert_equal(tip_status(*node, west), "valid-fork");
    }
  });

  rig.subtest("equal_work_stays_apart", [&] {
    Link& link = join();
    link.partition();
    const auto [west, east] = mine_apart(2, 2);
    link.heal();
    // Each half hears of the other's branch, and keeps to the one it saw first.
    const auto knows = [](const Node& node, const Uint256& tip) {
      node.wait_until([&] { return !tip_status(node, tip).empty(); },
                      node.name() + " knows the other branch");
    };
    knows(west1, east);
    knows(east0, west);
    assert_equal(west0.tip(), west1.tip(), west);
    assert_equal(east0.tip(), east1.tip(), east);
    const Uint256 decided = west0.mine(1).back();
    rig.sync_blocks({west0, west1, east0, east1});
    all_have(decided);
  });

  rig.subtest("transactions_return", [&] {
    RigWallet wallet(west0);
    wallet.mine(1 + regtest::kCoinbaseMaturity);
    Link& link = join();
    link.partition();
    const WalletTransaction transaction = wallet.send();
    const BuiltBlock block = west0.mine_mempool();
    assert_equal(block.block().transactions.size(), 2U);
    rig.sync_blocks({west0, west1});
    const Uint256 east = east1.mine(2).back();
    rig.sync_blocks({east0, east1});
    const Json pool = Json::array({transaction.txid().to_string()});
    assert_equal(west0.rpc("getrawmempool"), west1.rpc("getrawmempool"), Json::array());
    link.heal();
    rig.sync_blocks({west0, west1, east0, east1});
    all_have(east);
    assert_equal(west0.rpc("getrawmempool"), west1.rpc("getrawmempool"), pool);
    const BuiltBlock again = west0.mine_mempool();
    rig.sync_blocks({west0, west1, east0, east1});
    all_have(again.hash());
    assert_equal(east1.rpc("getblock", again.hash()).at("tx"),
                 Json::array({again.block().transactions[0].txid().to_string(),
                              transaction.txid().to_string()}));
  });

  rig.subtest("connection_breaks_meanwhile", [&] {
    Link& link = join();
    link.partition();
    const auto [west, east] = mine_apart(3, 1);
    link.cut();
    for (const Node* node : {&west1, &east0}) {
      node->wait_until([&] { return node->rpc("getpeerinfo").size() == 1; },
                       node->name() + " has lost the link");
    }
    link.heal();
    assert_equal(east0.tip(), east);
    rig.connect_nodes(west1, link, east0);
    rig.sync_blocks({west0, west1, east0, east1});
    all_have(west);
  });
}
