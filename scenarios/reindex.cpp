// A node builds its block index, or its UTXO set alone, again from the block files. However they
// were written and however often it was interrupted, it comes to the same tip and the same coins; a
// file that is gone costs the blocks from there on, which are handed over again.
//
//   genesis - 1 - ... - 110 - ... - 120 - ... - 200
//                                                node 0's; ten blocks spend and make coins
//   genesis - 1 - ... - 300                      node 1's, in files of 64 KiB (-fastprune), each
//                                                block 8 kB
//   genesis - 1 - ... - 64                       node 2's, written in another order

#include <fmt/format.h>
#include <noderig/framework/chain/wallet.h>
#include <noderig/scenario.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace {

using namespace noderig;
namespace fs = std::filesystem;

constexpr int kManyFiles = 300;  // blocks in node 1's chain
constexpr std::size_t kBulk = 8000;
constexpr int kOutOfOrder = 64;
constexpr int kHalfWay = 100;
constexpr int kWindow = 16;  // blocks that a node asks one peer for at a time

fs::path block_file(const Node& node, int number) {
  return node.network_directory() / "blocks" / fmt::format("blk{:05}.dat", number);
}

// The tip and what the UTXO set adds up to.
struct State {
  Uint256 tip;
  Json coins;

  static State of(const Node& node) {
    Json coins = node.rpc("gettxoutsetinfo");
    coins.erase("disk_size");  // how the database lies on disk is another matter
    return {node.tip(), coins};
  }
};

void assert_state(Node& node, const State& expected) {
  node.wait_for_tip(expected.tip);
  const State state = State::of(node);
  assert_equal(state.tip, expected.tip);
  assert_equal(state.coins, expected.coins);
}

void submit(Node& node, std::span<const BuiltBlock> blocks) {
  std::vector<rpc::BatchCall> calls;
  for (const BuiltBlock& block : blocks) {
    calls.push_back({"submitblock", Json::array({Json(block.block())})});
  }
  for (const rpc::BatchResult& result : node.rpc.batch(calls)) {
    assert_equal(result.value(), Json());
  }
  assert_equal(node.tip(), blocks.back().hash());
}

std::string first_bytes(const fs::path& file, std::size_t count) {
  std::string bytes(count, '\0');
  std::ifstream(file, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(count));
  return bytes;
}

}  // namespace

NODERIG_SCENARIO(reindex,
    .summary = "block files lead to the same tip and the same coins again",
    .nodes = 4,
    .tags = {"validation", "storage"},
    .memory_mb = 600,
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Serious,
    .links = {"src/node/blockstorage.cpp", "src/validation.cpp"},
    .subtests = {"reindex", "reindex_chainstate", "interrupted_chainstate", "out_of_order_blocks",
                 "killed_reindex", "missing_file", "xor_key"},
    .start = Start::Manual) {
  auto& [node, many_files, unordered, plain] = rig.nodes<4>();

  rig.step("start the nodes and give each its chain");
  const std::vector<std::string> for_many_files = {"option:fastprune"};
  if (rig.can("option:blocksxor")) plain.set_arguments({"-blocksxor=0"});
  if (rig.can(for_many_files.front())) {
    many_files.set_arguments({"-fastprune"});
    rig.start({node, many_files, unordered, plain});
  } else {
    rig.start({node, unordered, plain});
  }
  RigWallet wallet(node);
  wallet.mine(110);
  for (int i = 0; i < 10; ++i) {
    wallet.send({.change_outputs = 3});
    node.mine_mempool();
  }
  node.mine(80);
  const State before = State::of(node);

  ChainBuilder bulky({.tag = "bulky"});
  for (int i = 0; i < kManyFiles; ++i) bulky.mine({.extra_outputs = {bulk_output(kBulk)}});
  State bulky_state;
  if (rig.can(for_many_files.front())) {
    submit(many_files, bulky.blocks());
    bulky_state = State::of(many_files);
  }

  // In the log, when the block of that height becomes the tip.
  const auto connected = [&](int height) {
    return fmt::format("UpdateTip: new best={} height={} ",
                       node.rpc("getblockhash", height).get<std::string>(), height);
  };

  rig.subtest("reindex", [&] {
    assert_in_log(node, {"Reindexing block file blk00000.dat", "Reindexing finished"}, [&] {
      node.restart({"-reindex"});
      assert_equal(node.tip(), before.tip);  // a node has started when it has read its files
      assert_state(node, before);
    });
  });

  rig.subtest("reindex_chainstate", [&] {
    assert_in_log(node, {connected(1), connected(2)},
                  [&] {
                    node.restart({"-reindex-chainstate"});
                    assert_state(node, before);
                  },
                  {"Reindexing block file"});
  });

  rig.subtest("interrupted_chainstate", [&] {
    // Half-way the node stops of itself. The next start goes on from there.
    const std::vector<std::string> done = {connected(1), connected(kHalfWay)};
    const std::vector<std::string> left = {connected(kHalfWay + 1)};
    node.stop();
    node.set_arguments({"-reindex-chainstate", fmt::format("-stopatheight={}", kHalfWay)});
    node.launch();
    assert_true(node.await_exit().clean());
    node.set_arguments({});
    assert_in_log(
        node, left,
        [&] {
          node.start();
          assert_state(node, before);
        },
        done);
  });

  rig.subtest("out_of_order_blocks", [&] {
    Peer& peer = rig.connect_peer(unordered);
    ChainBuilder chain({.tag = "unordered"});
    chain.mine(kOutOfOrder);
    peer.send(Headers{.headers = chain.headers()});
    for (int given = 0; given < kOutOfOrder;) {
      // Each time it has blocks to ask for; what came last is given first.
      std::vector<InvItem> wanted = peer.expect<GetData>().items;
      while (static_cast<int>(wanted.size()) < std::min(kWindow, kOutOfOrder - given)) {
        const auto more = peer.expect<GetData>().items;
        wanted.insert(wanted.end(), more.begin(), more.end());
      }
      std::ranges::reverse(wanted);
      for (const InvItem& item : wanted) {
        const auto block = std::ranges::find(chain.blocks(), item.hash, &BuiltBlock::hash);
        assert_true(block != chain.blocks().end());
        peer.send(BlockMessage{block->block()});
        ++given;
      }
    }
    peer.sync_with_ping();
    peer.disconnect();
    const State state = State::of(unordered);
    assert_equal(state.tip, chain.tip());
    assert_in_log(unordered, {"Out of order block", "Processing out of order child"}, [&] {
      unordered.restart({"-reindex"});
      assert_state(unordered, state);
    });
  });

  rig.subtest("killed_reindex", for_many_files, [&] {
    assert_true(fs::exists(block_file(many_files, 20)));
    many_files.stop();
    many_files.set_arguments({"-fastprune", "-reindex"});
    const auto kill_in_the_middle = [&] {
      const std::uint64_t mark = many_files.log().mark();
      assert_in_log(many_files, {"Reindexing block file blk00010.dat"},
                    [&] { many_files.launch(); });
      many_files.kill();
      return many_files.log().since(mark).find("Reindexing finished") == std::string::npos;
    };
    // On a busy machine the daemon may have been faster.
    for (int attempt = 1; !kill_in_the_middle(); ++attempt) assert_greater_than(10, attempt);
    // It remembers that it was reindexing, without being told.
    many_files.set_arguments({"-fastprune"});
    assert_in_log(many_files, {"Reindexing block file blk00000.dat", "Reindexing finished"}, [&] {
      many_files.start();
      assert_state(many_files, bulky_state);
    });
  });

  rig.subtest("missing_file", for_many_files, [&] {
    many_files.stop();
    constexpr int kGone = 12;
    assert_true(fs::remove(block_file(many_files, kGone)));
    many_files.assert_start_fails({"-fastprune"}, "Error loading block database");
    // Files are read up to the gap: what is behind it has no parent.
    many_files.set_arguments({"-fastprune", "-reindex"});
    assert_in_log(many_files, {"Reindexing finished", "initload thread exit"},
                  [&] { many_files.start(); });
    const int left = many_files.height();
    assert_greater_than(left, 0);
    assert_greater_than(kManyFiles, left);
    assert_equal(many_files.tip(), bulky.at(left).hash());
    submit(many_files, bulky.blocks().subspan(static_cast<std::size_t>(left)));
    assert_state(many_files, bulky_state);
  });

  rig.subtest("xor_key", {"option:blocksxor"}, [&] {
    const std::string magic = "\xfa\xbf\xb5\xda";
    const fs::path key = node.network_directory() / "blocks" / "xor.dat";
    assert_not_equal(first_bytes(key, 8), std::string(8, '\0'));
    assert_not_equal(first_bytes(block_file(node, 0), magic.size()), magic);
    node.stop();
    node.assert_start_fails({"-blocksxor=0"}, "The blocksdir XOR-key can not be disabled");
    node.set_arguments({});
    node.start();
    assert_state(node, before);
    // Without a key the files have the blocks as they are.
    assert_equal(first_bytes(block_file(plain, 0), magic.size()), magic);
  });
}
