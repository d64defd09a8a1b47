// Among branches of equal work a node keeps to the one it saw first; preciousblock makes it take
// another, until one has more work.
//
//            .- A - B - C                  node 0's
//   genesis -+- E - F - G - H              node 1's; H is mined on G later
//            `- I - J - K - L              node 2's, as much work as H

#include <noderig/scenario.h>

#include <algorithm>

NODERIG_SCENARIO(preciousblock,
    .summary = "preciousblock chooses among tips of equal work",
    .nodes = 3,
    .needs = {"rpc:preciousblock"},
    .tags = {"validation", "rpc"},
    .memory_mb = 600,
    .likelihood = Likelihood::Possible,
    .impact = Impact::Major,
    .links = {"src/validation.cpp", "bitcoin/bitcoin#6996"},
    .subtests = {"no_reorg_to_equal_work", "follows_each_choice", "more_work_ends_the_choice",
                 "connected_nodes_keep_their_choice", "unknown_block"}) {
  auto& [n0, n1, n2] = rig.nodes<3>();

  rig.step("mine A-B-C and E-F-G and hand them over by RPC");
  const Uint256 c = n0.mine(3).back();
  const Uint256 g = n1.mine(3).back();
  rig.sync_by_rpc({n0, n1});

  rig.subtest("no_reorg_to_equal_work", [&] {
    assert_equal(n0.height(), n1.height(), 3);
    assert_not_equal(c, g);
    assert_equal(n0.tip(), c);
    assert_equal(n1.tip(), g);
  });

  rig.subtest("follows_each_choice", [&] {
    for (const Uint256& choice : {g, c, g, c}) {
      for (Node* node : {&n0, &n1}) {
        node->rpc("preciousblock", choice);
        assert_equal(node->tip(), choice);
      }
    }
    // One node's choice is none of the other's business.
    n0.rpc("preciousblock", g);
    assert_equal(n1.tip(), c);
  });

  std::optional<Uint256> h;
  const auto mine_h = [&] {
    if (h) return;
    n0.rpc("preciousblock", g);
    h = n0.mine(1).back();
    rig.sync_by_rpc({n0, n1});
  };

  rig.subtest("more_work_ends_the_choice", [&] {
    mine_h();
    assert_equal(n0.height(), 4);
    assert_equal(n0.tip(), n1.tip(), *h);
    n0.rpc("preciousblock", c);
    n1.rpc("preciousblock", c);
    assert_equal(n0.tip(), n1.tip(), *h);
  });

  rig.subtest("connected_nodes_keep_their_choice", [&] {
    mine_h();
    const Uint256 l = n2.mine(4).back();
    rig.sync_by_rpc({n1, n2});
    rig.connect_nodes(n1, n2);
    rig.connect_nodes(n0, n2);
    // Node 0 fetches what it lacks and stays; to nodes 1 and 2 nothing is new.
    n0.wait_until(
        [&] {
          return std::ranges::any_of(n0.rpc("getchaintips"), [&](const Json& tip) {
            return hash_of(tip.at("hash")) == l && tip.at("status") == "valid-headers";
          });
        },
        "node 0 has the blocks up to L", 20s);
    assert_equal(n0.tip(), n1.tip(), *h);
    assert_equal(n2.tip(), l);

    n1.rpc("preciousblock", l);
    assert_equal(n1.tip(), l);
    n2.rpc("preciousblock", l);
    assert_equal(n2.tip(), l);
    assert_equal(n0.tip(), *h);
    n2.rpc("preciousblock", *h);
    assert_equal(n2.tip(), *h);
    assert_equal(n1.tip(), l);
  });

  rig.subtest("unknown_block", [&] {
    const std::string unknown(64, '1');
    assert_raises_rpc_error(-5, "Block not found", [&] { n0.rpc("preciousblock", unknown); });
    assert_raises_rpc_error(-8, "blockhash must be of length 64",
                            [&] { n0.rpc("preciousblock", "11"); });
  });
}
