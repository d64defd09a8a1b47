// Manual pruning in seconds: -fastprune makes block files of 64 KiB and lets a chain of more than
// 100 blocks be pruned. The parts that do not depend on size are those of `pruning`; what needs its
// size, automatic pruning under a target, is shown there alone.
//
//   file    0        1        2        3        4        5
//           |--------|--------|--------|--------|--------|---...
//   height  0       140      280      420      560      700
//                                 |                |           |
//                                tip-288          tip     288 more
//
// By blocks of about 450 bytes the chain fills files as that of `pruning` does: where their
// boundaries are is read from the files.
//
//   node0  pruned by height
//   node1  pruned by timestamp
//   node2  has wallets and a filter index, and is pruned once
//   node3  never starts
//   node5  gets its chain from node4, which does not prune; both are of one sub-test

#include "pruning/parts.h"

namespace {

using namespace noderig;

constexpr std::size_t kBlockBytes = 450;
constexpr int kTooShort = 95;
constexpr int kLongEnough = 640;

int middle(const pruning::FileSpan& span) {
  return (span.first + span.last) / 2;
}

}  // namespace

NODERIG_SCENARIO(pruning_quick,
    .summary = "manual pruning, and what a pruning node still answers, with small block files",
    .nodes = 4,
    .needs = {"option:fastprune"},
    .tags = {"pruning", "rpc"},
    .memory_mb = 350,
    .links = {"bitcoin/bitcoin#7871", "src/node/blockstorage.cpp", "src/rpc/blockchain.cpp"},
    .subtests = {"manual_by_height", "manual_by_timestamp", "wallet_of_pruning_node",
                 "wallet_of_synced_node", "rescan_beyond_pruned", "bad_options",
                 "scanblocks_of_pruned", "fetched_block_keeps_pruneheight"},
    .start = Start::Manual) {
  auto& [by_height, by_timestamp, keeper, refused] = rig.nodes<4>();
  const std::string fast = "-fastprune";

  const auto show_manual = [&](Node& node, pruning::Give give) {
    ChainPlan chain;
    chain.extend(kTooShort, kBlockBytes);
    node.set_arguments({fast});
    node.start();
    feed_chain(rig, {node}, chain);
    const auto heights = [](const std::vector<pruning::FileSpan>& spans) {
      return pruning::ManualCourse::Heights{middle(spans.at(0)), middle(spans.at(1)),
                                            middle(spans.at(2))};
    };
    pruning::show_manual_pruning(rig, node, {chain, kLongEnough, kBlockBytes, heights, {fast}},
                                 give);
  };
  rig.subtest("manual_by_height", [&] { show_manual(by_height, pruning::Give::Height); });
  rig.subtest("manual_by_timestamp", [&] { show_manual(by_timestamp, pruning::Give::Timestamp); });

  // The other parts find a node that was pruned, as far as it may be.
  ChainPlan chain;
  std::vector<std::string> arguments = {fast, "-prune=1", "-blockfilterindex=1"};
  const auto prune_keeper = [&] {
    if (keeper.running()) return;
    keeper.set_arguments(arguments);
    keeper.start();
    if (rig.can("wallet")) pruning::make_wallets(keeper);
    chain.extend(kLongEnough, kBlockBytes);
    feed_chain(rig, {keeper}, chain);
    keeper.rpc("pruneblockchain", chain.height());
  };
  rig.subtest("wallet_of_pruning_node", {"wallet"}, [&] {
    prune_keeper();
    pruning::show_wallet_catches_up(rig, keeper, chain, arguments);
  });
  rig.subtest("wallet_of_synced_node", {"wallet"}, [&] {
    Node& full = rig.add_node({fast});
    Node& synced = rig.add_node({fast, "-prune=1"});
    rig.start({full, synced});
    pruning::make_wallets(synced);
    ChainPlan given;
    given.extend(kLongEnough, kBlockBytes);
    feed_chain(rig, {full}, given);
    rig.connect_nodes(synced, full);
    synced.wait_for_tip(given.tip());
    rig.disconnect_nodes(synced, full);
    const int pruned = synced.rpc("pruneblockchain", given.height()).get<int>();
    assert_greater_than(pruned, 0);
    assert_equal(pruned, pruning::first_kept(synced, given) - 1);
    pruning::show_wallet_catches_up(rig, synced, given, {fast, "-prune=1"});
  });
  rig.subtest("rescan_beyond_pruned", {"wallet"}, [&] {
    prune_keeper();
    pruning::show_rescan_beyond_pruned(keeper);
  });
  rig.subtest("bad_options", [&] { pruning::show_bad_options(refused, {fast}); });
  rig.subtest("scanblocks_of_pruned", {"rpc:scanblocks"}, [&] {
    prune_keeper();
    pruning::show_scanblocks(keeper);
  });
  rig.subtest("fetched_block_keeps_pruneheight", {"rpc:getblockfrompeer"}, [&] {
    prune_keeper();
    pruning::show_fetched_block(rig, keeper, chain);
  });
}
