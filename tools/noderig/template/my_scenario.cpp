// What this scenario shows, in a sentence or two. Draw the chain when there is more than one
// branch:
//
//   genesis - 1 - 2 - 3      node0 mines, node1 follows
//
// This one runs as it stands. Replace it step by step; what there is stands in
// share/doc/noderig/scenarios.md (in the sources: scenarios/README.md).
#include <noderig/scenario.h>

NODERIG_SCENARIO(my_scenario,
    // All fields may be left out. They come in the order of framework/metadata.h.
    .summary = "a block of one node reaches the other one and a peer",
    .nodes = 2,        // started before the body, side by side, on regtest
    .tags = {"p2p"},   // `noderig run --tag p2p`, `ctest -L p2p`
    .timeout = 60s,    // of the whole; what hangs is ended and says where
    .subtests = {"relayed_to_node", "relayed_to_peer"}) {
  auto& [n0, n1] = rig.nodes<2>();

  // Steps are shown while it runs, and in the report of a failure.
  rig.step("mine three blocks and hand them over by RPC");
  const Uint256 tip = n0.mine(3).back();
  rig.sync_by_rpc({n0, n1});

  // Every assertion quotes its expressions and their values when it fails.
  assert_equal(n0.height(), n1.height(), 3);
  assert_equal(n1.tip(), tip);

  // A sub-test is selected (--subtest), reported and cleaned up on its own; its name is declared
  // above. One that fails does not end the others.
  rig.subtest("relayed_to_node", [&] {
    rig.connect_nodes(n0, n1);
    const Uint256 next = n0.mine(1).back();
    rig.sync_blocks({n0, n1});  // waits for an event, with a bound; scenarios never sleep
    assert_equal(n1.tip(), next);
    rig.disconnect_nodes(n0, n1);
  });

  rig.subtest("relayed_to_peer", [&] {
    // The rig itself as a peer of the node. It goes with the sub-test.
    Peer& peer = rig.connect_peer(n0);
    peer.sync_with_ping();
    const Uint256 next = n0.mine(1).back();
    const Inv announced = peer.expect<Inv>();
    assert_equal(announced.items.front().hash, next);
    assert_equal(hash_of(n0.rpc("getbestblockhash")), next);  // any RPC by its name
  });
}
