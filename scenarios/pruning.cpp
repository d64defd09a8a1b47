// Pruning at real size: a node with -prune=550 keeps its block files below 550 MiB, survives deep
// reorgs all the same, and fetches again what a reorg needs and it has thrown away.
//
//   350 small blocks, then large ones of 950 kB; block files hold 141 of them. * is the main chain,
//   + a stale branch, @ the branch of a deep reorg.
//
//   below_height   **...*(995)                  over the target, but too low to be pruned
//   pruned         **...*(1020)                 the oldest file goes
//   stale_rounds   **...*(1020)-*...*(1045)-*...*(1070)- ... -*...*(1320)       25 blocks a round
//                            |           |                |
//                            `-+..+(1044)`-+..+(1069)     `-+..+(1319)          24 blocks a round
//   reorged        **...*(1032)-*...*(1320)
//                            |
//                            `-@...@(1332)-@...@(1552)          300 small blocks, 220 large ones
//   back           **...*(1032)-*...*(1320)-*...*(1553)        233 small blocks
//                            |
//                            `-@...@(1294)-X(1295)
//
//   node0  full          keeps everything: what others compare with and fetch from
//   node1  pruning       -prune=550, goes through all of the above
//   node2  by_height     pruned by hand, by heights
//   node3  by_timestamp  pruned by hand, by timestamps
//   node4  synced        -prune=550, gets the chain from node0 at the end
//   node5  refused       never starts
//
// The rig gives blocks to each node directly; nodes talk to each other where one fetches what it
// lacks.

#include <noderig/framework/prerequisite.h>
#include "pruning/parts.h"

namespace {

using namespace noderig;
using namespace std::chrono_literals;

constexpr int kSmallBlocks = 350;
constexpr std::size_t kLarge = 950'000;
constexpr std::uintmax_t kTarget = 550 << 20;
constexpr int kPruneAfter = 1000;  // a chain up to this height is not pruned

constexpr int kRounds = 12;
constexpr int kStale = 24;
constexpr int kMain = 25;

constexpr int kForkHeight = 1032;  // 288 blocks below the end of the rounds
constexpr int kInvalid = 1295;

// Waits for gigabytes, on a machine that may have other things to do.
constexpr std::chrono::minutes kPatience{10};

std::uintmax_t usage(const Node& node) {
  return block_files_bytes(pruning::blocks_directory(node));
}

int prune_height(const Node& node) {
  return node.rpc("getblockchaininfo").at("pruneheight").get<int>();
}

// Side branches that the node knows in full, by their lengths.
std::vector<int> fork_lengths(const Node& node) {
  std::vector<int> lengths;
  for (const Json& tip : node.rpc("getchaintips")) {
    if (tip.at("status") == "valid-fork") lengths.push_back(tip.at("branchlen").get<int>());
  }
  std::ranges::sort(lengths);
  return lengths;
}

}  // namespace

NODERIG_SCENARIO(pruning,
    .summary = "a pruning node stays below its target, through stale branches and deep reorgs",
    .nodes = 6,
    .tags = {"pruning", "rpc", "p2p", "slow"},
    .memory_mb = 700,
    .timeout = 900s,
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Serious,
    .links = {"bitcoin/bitcoin#5863", "bitcoin/bitcoin#7871", "src/node/blockstorage.cpp",
              "src/validation.cpp"},
    .subtests = {"keeps_all_below_height_1000", "drops_oldest_file", "stale_branches",
                 "reorg_of_288_blocks", "reorg_back_fetches_again", "manual_by_height",
                 "manual_by_timestamp", "wallet_of_pruning_node", "wallet_of_synced_node",
                 "rescan_beyond_pruned", "bad_options", "scanblocks_of_pruned",
                 "fetched_block_keeps_pruneheight"},
    .start = Start::Manual,
    .disk_mb = 3500) {
  auto& [full, pruning_node, by_height, by_timestamp, synced, refused] = rig.nodes<6>();
  const bool wallets = rig.can("wallet");

  // The chain with which all nodes begin, but for the one that gets it from another.
  ChainPlan beginning;
  Prerequisite planned("the chain's beginning", [&] {
    rig.step("350 small and 645 large blocks");
    beginning.extend(kSmallBlocks).extend(645, kLarge);
  });
  ChainPlan main_chain;
  ChainPlan reorg;

  // ---- Automatic pruning: each state begins with the one before.

  const std::vector<std::string> prune = {"-prune=550"};
  Prerequisite below_height("a chain of 995 blocks", [&] {
    planned();
    main_chain = beginning;
    pruning_node.set_arguments(prune);
    rig.start({full, pruning_node});
    if (wallets) pruning::make_wallets(pruning_node);
    feed_chain(rig, {full, pruning_node}, main_chain);
  });
  Prerequisite pruned("a chain of 1020 blocks", [&] {
    below_height();
    rig.step("25 large blocks");
    main_chain.extend(25, kLarge);
    feed_chain(rig, {full, pruning_node}, main_chain);
  });
  Prerequisite stale_rounds("twelve rounds of stale blocks", [&] {
    pruned();
    rig.step("twelve rounds of 24 stale and 25 main blocks");
    for (int round = 1; round <= kRounds; ++round) {
      ChainPlan stale = main_chain.fork_at(main_chain.height(), fmt::format("stale {}", round));
      feed_chain(rig, {pruning_node}, stale.extend(kStale, kLarge));
      main_chain.extend(kMain, kLarge);
      feed_chain(rig, {full, pruning_node}, main_chain);
    }
  });
  Prerequisite reorged("the reorg of 288 blocks", [&] {
    stale_rounds();
    rig.step("a branch of 300 small blocks from height 1033, then 220 large ones");
    reorg = main_chain.fork_at(kForkHeight, "reorg");
    feed_chain(rig, {pruning_node}, reorg.extend(300));
    feed_chain(rig, {pruning_node}, reorg.extend(220, kLarge));
  });
  Prerequisite back("the reorg back", [&] {
    reorged();
    rig.step("make the branch invalid, and the main chain longer");
    pruning_node.rpc.call_with_timeout(kPatience, "invalidateblock",
                                       Json::array({Json(reorg.at(kInvalid).hash)}));
    main_chain.extend(reorg.height() + 1 - main_chain.height());
    feed_chain(rig, {full}, main_chain);
    rig.step("fetch the main chain's blocks");
    rig.connect_nodes(pruning_node, full);
    pruning_node.wait_for_tip(main_chain.tip(), kPatience);
    rig.disconnect_nodes(pruning_node, full);
  });

  rig.subtest("keeps_all_below_height_1000", [&] {
    below_height();
    assert_equal(pruning_node.tip(), main_chain.tip());
    assert_greater_than(usage(pruning_node), kTarget);
    assert_equal(block_file_numbers(pruning::blocks_directory(pruning_node)),
                 std::vector{0, 1, 2, 3, 4});
    assert_equal(prune_height(pruning_node), 0);
    assert_equal(pruning_node.rpc("getblock", main_chain.at(1).hash).at("height"), 1);
  });

  rig.subtest("drops_oldest_file", [&] {
    pruned();
    assert_greater_than(main_chain.height(), kPruneAfter);
    assert_equal(pruning_node.tip(), main_chain.tip());
    assert_true(!pruning::has_file(pruning_node, 0));
    assert_greater_than(kTarget, usage(pruning_node));
    assert_raises_rpc_error(-1, pruning::kPrunedBlock,
                            [&] { pruning_node.rpc("getblock", main_chain.at(1).hash); });
    assert_true(pruning::has_file(full, 0));
    assert_greater_than(usage(full), kTarget);
  });

  rig.subtest("stale_branches", [&] {
    stale_rounds();
    assert_equal(pruning_node.tip(), main_chain.tip());
    assert_equal(main_chain.height(), kForkHeight + pruning::kKeptBlocks);
    assert_equal(fork_lengths(pruning_node), std::vector<int>(kRounds, kStale));
    assert_equal(prune_height(pruning_node), pruning::first_kept(pruning_node, main_chain));
    // What is close to the tip stays, though its stale siblings take the node over the target.
    assert_greater_than_or_equal(main_chain.height() - pruning::kKeptBlocks,
                                 prune_height(pruning_node));
    assert_greater_than(usage(pruning_node), kTarget);
  });

  rig.subtest("reorg_of_288_blocks", [&] {
    reorged();
    assert_equal(pruning_node.tip(), reorg.tip());
    // The main chain is a side branch now, and all stale ones but the first begin on that.
    std::vector<int> forks = {kStale};
    for (int round = 1; round < kRounds; ++round) {
      forks.push_back(pruning::kKeptBlocks - (kRounds - round) * kMain + kStale);
    }
    forks.push_back(pruning::kKeptBlocks);
    assert_equal(fork_lengths(pruning_node), forks);
    assert_greater_than(kTarget, usage(pruning_node));
  });

  rig.subtest("reorg_back_fetches_again", [&] {
    reorged();
    const PlannedBlock& pruned_block = main_chain.at(kForkHeight + 1);
    const auto read = [&](const PlannedBlock& block) {
      return pruning_node.rpc("getblock", block.hash);
    };
    assert_raises_rpc_error(-1, pruning::kPrunedBlock, [&] { read(pruned_block); });
    // The branch was written later, and is there to its first block.
    assert_equal(read(reorg.at(kForkHeight + 1)).at("height"), kForkHeight + 1);
    const std::string stop = fmt::format("lock verification stopping at height {} (no data)",
                                         prune_height(pruning_node) - 1);
    assert_in_log(pruning_node, {stop}, [&] {
      assert_equal(pruning_node.rpc.call_with_timeout(kPatience, "verifychain", {4, 0}), false);
    });
    back();
    assert_equal(pruning_node.tip(), full.tip(), main_chain.tip());
    assert_equal(read(pruned_block).at("height"), kForkHeight + 1);
  });

  // ---- Pruning by hand

  Prerequisite manual_nodes("the nodes to prune by hand", [&] {
    planned();
    rig.start({by_height, by_timestamp});
    feed_chain(rig, {by_height, by_timestamp}, beginning);
  });
  const auto show_manual = [&](Node& node, pruning::Give give) {
    manual_nodes();
    const auto heights = [](const std::vector<pruning::FileSpan>&) {
      return pruning::ManualCourse::Heights{.in_file_0 = 100, .in_file_1 = 500, .in_file_2 = 650};
    };
    pruning::show_manual_pruning(
        rig, node, {.chain = beginning, .long_enough = kPruneAfter + 1, .heights = heights}, give);
    node.stop();
  };
  rig.subtest("manual_by_height", [&] { show_manual(by_height, pruning::Give::Height); });
  rig.subtest("manual_by_timestamp", [&] { show_manual(by_timestamp, pruning::Give::Timestamp); });

  // ---- Wallets, and what a pruning node answers

  rig.subtest("wallet_of_pruning_node", {"wallet"}, [&] {
    pruned();
    ChainPlan& chain = pruning_node.tip() == reorg.tip() ? reorg : main_chain;
    pruning::show_wallet_catches_up(rig, pruning_node, chain, prune);
  });

  const std::vector<std::string> prune_with_filters = {"-prune=550", "-blockfilterindex=1"};
  Prerequisite synced_node("a node that got the chain from another", [&] {
    rig.step("give the whole chain to one node");
    planned();
    if (main_chain.height() == 0) main_chain = beginning;
    main_chain.extend(std::max(0, kForkHeight + pruning::kKeptBlocks - main_chain.height()),
                      kLarge);
    if (!full.running()) full.start();
    feed_chain(rig, {full}, main_chain);
    rig.step("another gets it from there");
    synced.set_arguments(prune_with_filters);
    synced.start();
    if (wallets) pruning::make_wallets(synced);
    rig.connect_nodes(synced, full);
    synced.wait_for_tip(main_chain.tip(), kPatience);
    rig.disconnect_nodes(synced, full);
    assert_greater_than(kTarget, usage(synced));
  });
  rig.subtest("wallet_of_synced_node", {"wallet"}, [&] {
    synced_node();
    pruning::show_wallet_catches_up(rig, synced, main_chain, prune_with_filters);
  });
  rig.subtest("rescan_beyond_pruned", {"wallet"}, [&] {
    synced_node();
    pruning::show_rescan_beyond_pruned(synced);
  });
  rig.subtest("bad_options", [&] { pruning::show_bad_options(refused, {}); });
  rig.subtest("scanblocks_of_pruned", {"rpc:scanblocks"}, [&] {
    synced_node();
    pruning::show_scanblocks(synced);
  });
  rig.subtest("fetched_block_keeps_pruneheight", {"rpc:getblockfrompeer"}, [&] {
    synced_node();
    pruning::show_fetched_block(rig, synced, main_chain);
  });
}
