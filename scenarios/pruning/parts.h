// What `pruning` shows at real size and `pruning_quick` under -fastprune alike: manual pruning, the
// wallet of a pruning node, and what a node answers about blocks that it no longer has.
#pragma once

#include <noderig/framework/feed.h>
#include <noderig/framework/node/block_files.h>
#include <noderig/framework/node/peer_info.h>
#include <noderig/scenario.h>
#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace noderig::pruning {

// Blocks so close to the tip are never pruned, nor is a file that holds one of them.
inline constexpr int kKeptBlocks = 288;

// pruneblockchain takes a timestamp for the blocks so much older.
inline constexpr std::chrono::seconds kTimestampWindow = std::chrono::hours(2);

inline constexpr std::string_view kPrunedBlock = "Block not available (pruned data)";

inline std::filesystem::path blocks_directory(const Node& node) {
  return node.network_directory() / "blocks";
}

inline bool has_file(const Node& node, int number) {
  const auto there = block_file_numbers(blocks_directory(node));
  return std::ranges::find(there, number) != there.end();
}

// -------------------------------------------------------------------------------- Manual pruning

// A block file and the heights of the blocks in it.
struct FileSpan {
  int number = 0;
  int first = 0;
  int last = 0;
};

// Of a node that has seen no other chain.
inline std::vector<FileSpan> file_spans(const Node& node, const ChainPlan& chain) {
  std::unordered_map<Uint256, int> heights = {{regtest::genesis_hash(), 0}};
  for (const PlannedBlock& block : chain.blocks()) heights.emplace(block.hash, block.height);
  std::vector<FileSpan> spans;
  for (const BlockFile& file : read_block_files(blocks_directory(node))) {
    const auto& blocks = file.blocks;
    spans.push_back({file.number, heights.at(blocks.front()), heights.at(blocks.front())});
    for (const Uint256& hash : blocks) {
      spans.back().first = std::min(spans.back().first, heights.at(hash));
      spans.back().last = std::max(spans.back().last, heights.at(hash));
    }
  }
  return spans;
}

// The lowest height from which on the node has every block of the chain up to its tip.
inline int first_kept(const Node& node, const ChainPlan& chain) {
  std::unordered_set<Uint256> kept;
  for (const BlockFile& file : read_block_files(blocks_directory(node))) {
    kept.insert(file.blocks.begin(), file.blocks.end());
  }
  int height = chain.height();
  while (height > 0 && kept.contains(chain.at(height).hash)) --height;
  return height + 1;
}

// How pruneblockchain is told a height.
enum class Give { Height, Timestamp };

// The course of manual pruning. Blocks 0 to `long_enough` fill files 0 to 3 and a part of file 4,
// and file 2 holds the block 288 below that.
struct ManualCourse {
  ChainPlan chain;              // what the node has when it starts: too short to be pruned
  int long_enough = 0;          // the height from which it is pruned
  std::size_t block_bytes = 0;  // of the blocks that come after `chain`; 0: small

  // Heights inside files 0, 1 and 2, none of them the file's last.
  struct Heights {
    int in_file_0 = 0;
    int in_file_1 = 0;
    int in_file_2 = 0;
  };
  std::function<Heights(const std::vector<FileSpan>&)> heights;

  std::vector<std::string> arguments{};  // of the node, beside -prune
};

inline void show_manual_pruning(Rig& rig, Node& node, ManualCourse course, Give give) {
  ChainPlan& chain = course.chain;
  const auto with = [&](std::string argument) {
    auto arguments = course.arguments;
    arguments.push_back(std::move(argument));
    return arguments;
  };
  const auto parameter = [&](int height) -> std::int64_t {
    if (give == Give::Height) return height;
    const auto time = height == 0 ? regtest::kGenesisTime.time_since_epoch().count()
                                  : std::int64_t{chain.at(height).header.time};
    return time + kTimestampWindow.count();
  };
  const auto prune_height = [&] { return node.rpc("getblockchaininfo").at("pruneheight"); };
  // Every block has a time of its own, so a timestamp means the same block as its height.
  const auto prune = [&](int height) {
    const int limit = std::min(height, chain.height() - kKeptBlocks);
    const std::vector<FileSpan> spans = file_spans(node, chain);
    std::vector<int> kept;
    std::optional<int> first_kept;
    for (const FileSpan& span : spans) {
      if (span.last <= limit && span.number != spans.back().number) continue;
      kept.push_back(span.number);
      if (!first_kept) first_kept = span.first;
    }
    const int pruned = node.rpc("pruneblockchain", parameter(height)).get<int>();
    assert_equal(block_file_numbers(blocks_directory(node)), kept);
    assert_equal(pruned, *first_kept - 1);
    assert_greater_than_or_equal(std::max(limit, 0), pruned);
    assert_equal(prune_height(), pruned + 1);
    return pruned;
  };

  rig.step("a node that does not prune refuses");
  assert_equal(node.height(), chain.height());
  assert_raises_rpc_error(-1, "Cannot prune blocks because node is not in prune mode",
                          [&] { node.rpc("pruneblockchain", chain.height() / 2); });

  rig.step("a chain that is too short is not pruned");
  node.restart(with("-prune=1"));
  assert_equal(node.height(), chain.height());
  assert_raises_rpc_error(-1, "Blockchain is too short for pruning",
                          [&] { node.rpc("pruneblockchain", parameter(chain.height() / 2)); });

  rig.step("what is not in the chain is refused");
  chain.extend(course.long_enough - chain.height(), course.block_bytes);
  feed_chain(rig, {node}, chain);
  const std::int64_t future = parameter(chain.height()) + 5;
  assert_raises_rpc_error(-8,
                          give == Give::Height
                              ? "Blockchain is shorter than the attempted prune height"
                              : "Could not find block with at least the specified timestamp",
                          [&] { node.rpc("pruneblockchain", future); });
  assert_raises_rpc_error(-8, "Negative block height", [&] { node.rpc("pruneblockchain", -10); });

  rig.step("a file goes when all of its blocks may");
  const std::vector<FileSpan> spans = file_spans(node, chain);
  const auto heights = course.heights(spans);
  assert_equal(spans.size(), 5);
  const auto assert_inside = [&](int height, int file) {
    const FileSpan& span = spans.at(static_cast<std::size_t>(file));
    assert_greater_than_or_equal(height, span.first);
    assert_greater_than(span.last, height);
  };
  assert_inside(heights.in_file_0, 0);
  assert_inside(heights.in_file_1, 1);
  assert_inside(heights.in_file_2, 2);
  assert_inside(chain.height() - kKeptBlocks, 2);

  const Uint256 first = chain.at(1).hash;
  const Json transactions = node.rpc("getblock", first).at("nTx");
  assert_equal(transactions, 1);
  node.rpc("pruneblockchain", parameter(0));  // daemons differ in what they answer
  assert_equal(block_file_numbers(blocks_directory(node)), std::vector{0, 1, 2, 3, 4});
  assert_equal(prune_height(), 0);
  prune(heights.in_file_0);
  assert_true(has_file(node, 0));

  prune(heights.in_file_1);
  assert_true(!has_file(node, 0));
  assert_true(has_file(node, 1));
  assert_raises_rpc_error(-1, kPrunedBlock, [&] { node.rpc("getblock", first); });
  assert_equal(node.rpc("getblockheader", first).at("nTx"), transactions);

  prune(heights.in_file_2);
  assert_true(!has_file(node, 1));

  rig.step("what is close to the tip stays");
  const int below_tip = chain.height() - 1;
  prune(below_tip);
  assert_true(has_file(node, 2));

  chain.extend(kKeptBlocks, course.block_bytes);
  feed_chain(rig, {node}, chain);
  prune(below_tip);
  assert_true(!has_file(node, 2));
  assert_true(!has_file(node, 3));

  rig.step("the node goes on with automatic pruning");
  const Json before = prune_height();
  node.restart(with("-prune=550"));
  const Json info = node.rpc("getblockchaininfo");
  assert_equal(info.at("blocks"), chain.height());
  assert_equal(info.at("pruneheight"), before);
  assert_equal(info.at("automatic_pruning"), true);
  assert_equal(info.at("prune_target_size"), 550 * 1024 * 1024);
}

// ------------------------------------------------------------------------------------ The wallet

inline const std::string kWallet = "follows";
inline const std::string kLeftBehind = "left_behind";

// One wallet that stays loaded, and one that knows the genesis block only.
inline void make_wallets(const Node& node) {
  node.rpc("createwallet", kLeftBehind);
  node.rpc("unloadwallet", kLeftBehind);
  node.rpc("createwallet", kWallet);
}

// A wallet that was not loaded for some blocks finds them when the node restarts with it.
// `arguments` are those that the node has.
inline void show_wallet_catches_up(Rig& rig, Node& node, ChainPlan& chain,
                                   std::vector<std::string> arguments) {
  constexpr int kMissed = 10;
  const int last_seen = chain.height();
  const rpc::Client wallet = node.rpc.wallet(kWallet);
  const std::string address = wallet("getnewaddress").get<std::string>();
  const auto script = node.rpc("validateaddress", address).at("scriptPubKey").get<std::string>();

  rig.step("restart without the wallet, and give it blocks of which one pays to the wallet");
  node.finish_validation();  // the wallet, too, has seen the last block
  node.restart(arguments);
  chain.options().script = p2p::Script(bytes_from_hex(script));
  const Amount paid = regtest::subsidy(chain.extend(1).height());
  chain.options().script = anyone_can_spend();
  chain.extend(kMissed - 1);
  feed_chain(rig, {node}, chain);

  rig.step("restart with the wallet");
  arguments.push_back("-wallet=" + kWallet);
  const std::string rescan =
      fmt::format("Rescanning last {} blocks (from block {})...", kMissed, last_seen);
  assert_in_log(node, {rescan}, [&] { node.restart(arguments); });
  const Json info = wallet("getwalletinfo");
  assert_equal(info.at("scanning"), false);
  assert_equal(info.at("lastprocessedblock").at("height"), chain.height());
  assert_equal(info.at("lastprocessedblock").at("hash"), chain.tip());
  assert_equal(wallet("getbalances").at("mine").at("immature"), paid);
}

// Neither a call nor a wallet makes the node scan blocks that it does not have.
inline void show_rescan_beyond_pruned(const Node& node) {
  constexpr std::string_view kBeyond =
      "Can't rescan beyond pruned data. Use RPC call getblockchaininfo to determine your pruned "
      "height.";
  const int pruned = node.rpc("getblockchaininfo").at("pruneheight").get<int>() - 1;
  assert_greater_than(pruned, 0);
  // It is not where a sub-test before this one failed between two restarts.
  const auto loaded = node.rpc("listwallets").get<std::set<std::string>>();
  if (!loaded.contains(kWallet)) node.rpc("loadwallet", kWallet);
  const rpc::Client wallet = node.rpc.wallet(kWallet);
  assert_raises_rpc_error(-1, kBeyond, [&] { wallet("rescanblockchain"); });
  assert_raises_rpc_error(-1, kBeyond, [&] { wallet("rescanblockchain", pruned); });
  const Json rescanned = wallet("rescanblockchain", pruned + 1, pruned + 11);
  assert_equal(rescanned.at("start_height"), pruned + 1);
  assert_equal(rescanned.at("stop_height"), pruned + 11);
  assert_raises_rpc_error(-4, "last wallet synchronisation goes beyond pruned data",
                          [&] { node.rpc("loadwallet", kLeftBehind); });
}

// --------------------------------------------------------------------------------------- Options

// A node is refused that prunes too little, or prunes what another option needs.
inline void show_bad_options(Node& node, const std::vector<std::string>& arguments) {
  const auto assert_refused = [&](std::vector<std::string> options, std::string_view message) {
    options.insert(options.begin(), arguments.begin(), arguments.end());
    node.assert_start_fails(options, message, Node::Said::Alone);
  };
  assert_refused({"-prune=-1"}, "Error: Prune cannot be configured with a negative value.");
  assert_refused({"-prune=549"},
                 "Error: Prune configured below the minimum of 550 MiB.  Please use a higher "
                 "number.");
  assert_refused({"-prune=550", "-txindex"}, "Error: Prune mode is incompatible with -txindex.");
  assert_refused({"-prune=550", "-reindex-chainstate"},
                 "Error: Prune mode is incompatible with -reindex-chainstate. Use full -reindex "
                 "instead.");
  if (node.profile().can("option:txospenderindex")) {
    assert_refused({"-prune=550", "-txospenderindex"},
                   "Error: Prune mode is incompatible with -txospenderindex.");
  }
}

// --------------------------------------------------------------------- Answers on pruned blocks

// The filter index knows a pruned block, but only its data can tell a false positive.
inline void show_scanblocks(const Node& node) {
  const Uint256 genesis = regtest::genesis_hash();
  // Matches the genesis block's filter without being in that block.
  const Json objects = {{{"desc", "raw(001400000000000000000000000000000000000cadcb)"}}};
  const Json found = node.rpc("scanblocks", "start", objects, 0, 0).at("relevant_blocks");
  assert_equal(found, Json::array({Json(genesis)}));
  assert_raises_rpc_error(-1, kPrunedBlock, [&] {
    node.rpc("scanblocks", "start", objects, 0, 0, "basic", Json{{"filter_false_positives", true}});
  });
}

// A pruned block that is fetched again can be read, but its undo data is still missing: the node
// counts the block as pruned as before.
inline void show_fetched_block(Rig& rig, Node& node, const ChainPlan& chain) {
  const auto prune_height = [&] {
    return node.rpc("getblockchaininfo").at("pruneheight").get<int>();
  };
  const int before = prune_height();
  const PlannedBlock& pruned = chain.at(before - 1);
  const auto read = [&] { return node.rpc("getblock", pruned.hash); };
  assert_raises_rpc_error(-1, kPrunedBlock, read);

  p2p::Peer& peer = rig.connect_peer(node);
  peer.sync_with_ping();  // the node has our verack: it asks no peer for blocks before
  node.rpc("getblockfrompeer", pruned.hash, peer_id(node, peer));
  const auto asked_for = [&](const p2p::GetData& message) {
    return std::ranges::any_of(message.items,
                               [&](const p2p::InvItem& item) { return item.hash == pruned.hash; });
  };
  peer.expect<p2p::GetData>(asked_for);
  peer.send(p2p::BlockMessage{pruned.build()});
  peer.sync_with_ping();
  assert_equal(read().at("height"), before - 1);
  assert_equal(prune_height(), before);
}

}  // namespace noderig::pruning
