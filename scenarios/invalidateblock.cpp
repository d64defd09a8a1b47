// invalidateblock makes a node treat a block as invalid, with all that is built on it, and go to
// the best branch without it; reconsiderblock takes that back. Each sub-test has a fork of its own:
//
//           .- a1 - a2 - a3 - a4
//   root ---+
//           `- b1 - b2 - b3 - b4 - b5 - b6      the tip when it begins
//
// The root is the tip that the sub-test before left, for the first one and for genesis_child, which
// has a node of its own, the genesis block.

#include <noderig/framework/chain/wallet.h>
#include <noderig/scenario.h>

#include <map>

namespace {

using namespace noderig;

// The status of each of the node's chain tips. The active one is its tip.
std::map<Uint256, std::string> tips_of(const Node& node) {
  std::map<Uint256, std::string> tips;
  std::vector<Uint256> active;
  for (const Json& tip : node.rpc("getchaintips")) {
    const Uint256 hash = hash_of(tip.at("hash"));
    tips[hash] = tip.at("status");
    if (tips[hash] == "active") active.push_back(hash);
  }
  assert_equal(active, std::vector{node.tip()});
  return tips;
}

class Fork {
 public:
  // Builds both branches on the node's tip and submits them.
  explicit Fork(Node& node)
      : a_branch(node.chain()), b_branch(a_branch), root_(a_branch.height()), node_(node) {
    a_branch.options().tag = "a";
    b_branch.options().tag = "b";
    a_branch.mine(4);
    b_branch.mine(6);
    submit_to(node);
  }

  void submit_to(Node& node) const {
    for (const ChainBuilder* branch : {&a_branch, &b_branch}) {
      for (const BuiltBlock& block : branch->blocks()) node.submit(block.block());
    }
    assert_equal(node.tip(), b_branch.tip());
  }

  // The branches' blocks, counted from 1.
  const BuiltBlock& a(int number) const { return a_branch.at(root_ + number); }
  const BuiltBlock& b(int number) const { return b_branch.at(root_ + number); }

  // A branch that leaves b after its block of that number.
  ChainBuilder leave_b_after(int number, std::string tag) const {
    return b_branch.fork_at(root_ + number, std::move(tag));
  }

  void invalidate(const BuiltBlock& block) const { node_.rpc("invalidateblock", block.hash()); }
  void reconsider(const BuiltBlock& block) const { node_.rpc("reconsiderblock", block.hash()); }

  ChainBuilder a_branch;
  ChainBuilder b_branch;

 private:
  int root_;
  Node& node_;
};

}  // namespace

NODERIG_SCENARIO(invalidateblock,
    .summary = "invalidateblock leaves a branch and reconsiderblock returns to it",
    .nodes = 3,
    .tags = {"validation", "rpc"},
    .memory_mb = 600,
    .likelihood = Likelihood::Possible,
    .impact = Impact::Major,
    .links = {"src/validation.cpp", "src/rpc/blockchain.cpp"},
    .subtests = {"reorg_to_other_branch", "reconsider_by_descendant", "reconsider_by_ancestor",
                 "descendants_are_refused", "genesis_child", "chain_tips", "headers_only_block",
                 "restart", "mempool", "unknown_block"}) {
  auto& [node, source, at_genesis] = rig.nodes<3>();

  rig.subtest("reorg_to_other_branch", [&] {
    const Fork fork(node);
    fork.submit_to(source);
    fork.invalidate(fork.b(2));
    assert_equal(node.tip(), fork.a(4).hash());
    // A connected node that extends the invalid branch changes nothing.
    rig.connect_nodes(source, node);
    const auto received = [&] {
      const Json bytes = node.rpc("getpeerinfo").at(0).at("bytesrecv_per_msg");
      return bytes.value("headers", 0) + bytes.value("cmpctblock", 0);
    };
    node.wait_until([&] { return received() > 0; }, "the invalid branch was announced");
    const int before = received();
    source.mine(1);
    node.wait_until([&] { return received() > before; }, "its extension was announced");
    assert_equal(node.tip(), fork.a(4).hash());
    // What is mined on the other branch counts as ever.
    node.mine(1);
    assert_equal(node.height(), fork.a(4).height() + 1);
    rig.disconnect_nodes(source, node);  // their tips stay different
  });

  rig.subtest("reconsider_by_descendant", [&] {
    const Fork fork(node);
    fork.invalidate(fork.b(2));
    assert_equal(node.tip(), fork.a(4).hash());
    fork.reconsider(fork.b(4));
    assert_equal(node.tip(), fork.b(6).hash());
  });

  rig.subtest("reconsider_by_ancestor", [&] {
    const Fork fork(node);
    fork.invalidate(fork.b(6));
    assert_equal(node.tip(), fork.b(5).hash());
    fork.invalidate(fork.b(3));
    assert_equal(node.tip(), fork.a(4).hash());
    fork.reconsider(fork.b(1));
    assert_equal(node.tip(), fork.b(6).hash());
  });

  rig.subtest("descendants_are_refused", [&] {
    const Fork fork(node);
    fork.invalidate(fork.b(3));
    for (const int parent : {3, 6}) {
      const BuiltBlock child = fork.leave_b_after(parent, "on invalid").mine();
      assert_equal(node.submit(child.block()), "bad-prevblk");
      assert_raises_rpc_error(-25, "bad-prevblk",
                              [&] { node.rpc("submitheader", child.header()); });
    }
    assert_equal(node.submit(fork.b(3).block()), "duplicate-invalid");
    // Its parent is no worse for it.
    ChainBuilder beside = fork.leave_b_after(2, "beside");
    for (const BuiltBlock& block : beside.mine(3)) node.submit(block.block());
    assert_equal(node.tip(), beside.tip());
  });

  rig.subtest("genesis_child", [&] {
    const Fork fork(at_genesis);
    fork.invalidate(fork.b(1));
    assert_equal(at_genesis.tip(), fork.a(4).hash());
    fork.invalidate(fork.a(1));
    assert_equal(at_genesis.height(), 0);
    assert_equal(at_genesis.tip(), regtest::genesis_hash());
    fork.reconsider(fork.a(4));
    assert_equal(at_genesis.tip(), fork.a(4).hash());
    fork.reconsider(fork.b(6));
    assert_equal(at_genesis.tip(), fork.b(6).hash());
  });

  rig.subtest("chain_tips", [&] {
    const Fork fork(node);
    const Uint256 a = fork.a(4).hash();
    const Uint256 b = fork.b(6).hash();
    auto expected = tips_of(node);  // with those of forks before this one, which stay as they are
    assert_equal(expected.at(b), "active");
    assert_equal(expected.at(a), "valid-fork");
    fork.invalidate(fork.b(4));
    expected[a] = "active";
    expected[b] = "invalid";
    assert_equal(tips_of(node), expected);
    fork.invalidate(fork.a(1));
    expected[fork.b(3).hash()] = "active";
    expected[a] = "invalid";
    assert_equal(tips_of(node), expected);
    fork.reconsider(fork.b(4));
    expected.erase(fork.b(3).hash());
    expected[b] = "active";
    assert_equal(tips_of(node), expected);
    fork.reconsider(fork.a(1));
    expected[a] = "valid-fork";
    assert_equal(tips_of(node), expected);
  });

  rig.subtest("headers_only_block", [&] {
    const Fork fork(node);
    ChainBuilder headers = fork.leave_b_after(3, "headers only");
    const std::vector<BuiltBlock> blocks = headers.mine(5);
    for (const BuiltBlock& block : blocks) node.rpc("submitheader", block.header());
    auto expected = tips_of(node);
    assert_equal(expected.at(headers.tip()), "headers-only");
    fork.invalidate(blocks[1]);
    expected[headers.tip()] = "invalid";
    assert_equal(tips_of(node), expected);
    assert_equal(node.tip(), fork.b(6).hash());
    assert_equal(node.submit(blocks[0].block()), "inconclusive");
    assert_equal(node.submit(blocks[1].block()), "duplicate-invalid");
    fork.reconsider(blocks[1]);
    for (const BuiltBlock& block : blocks) node.submit(block.block());
    assert_equal(node.tip(), headers.tip());
  });

  rig.subtest("restart", [&] {
    const Fork fork(node);
    fork.invalidate(fork.b(6));
    const auto expected = tips_of(node);
    assert_equal(expected.at(fork.b(6).hash()), "invalid");
    node.restart();
    assert_equal(node.tip(), fork.b(5).hash());
    assert_equal(tips_of(node), expected);
    fork.reconsider(fork.b(6));
    assert_equal(node.tip(), fork.b(6).hash());
  });

  rig.subtest("mempool", [&] {
    RigWallet wallet(node);
    wallet.mine(1 + regtest::kCoinbaseMaturity);
    const WalletTransaction parent = wallet.send();
    const WalletTransaction child = wallet.send({.coins = parent.change});
    const BuiltBlock block = node.mine_mempool();
    assert_equal(block.block().transactions.size(), 3);
    assert_equal(node.rpc("getrawmempool"), Json::array());
    node.rpc("invalidateblock", block.hash());
    const Json pool = node.rpc("getrawmempool", true);
    assert_equal(pool.size(), 2);
    assert_equal(pool.at(child.txid().to_string()).at("depends"),
                 Json::array({parent.txid().to_string()}));
    node.rpc("reconsiderblock", block.hash());
    assert_equal(node.tip(), block.hash());
    assert_equal(node.rpc("getrawmempool"), Json::array());
  });

  rig.subtest("unknown_block", [&] {
    const Uint256 tip = node.tip();
    for (const std::string method : {"invalidateblock", "reconsiderblock"}) {
      const auto call = [&](const std::string& hash) {
        return [&node, method, hash] { node.rpc(method, hash); };
      };
      assert_raises_rpc_error(-5, "Block not found", call(std::string(64, '1')));
      assert_raises_rpc_error(-8, "blockhash must be of length 64", call("11"));
      assert_raises_rpc_error(-8, "blockhash must be hexadecimal", call(std::string(64, 'z')));
    }
    assert_equal(node.tip(), tip);
  });
}
