// Which branch becomes the chain: the one with most work among the valid, the first seen among
// equals.
#include "fixture.h"

#include <algorithm>

namespace noderig::full_block_consensus {
namespace {

// What the node says about the branch that ends in `block`.
std::string branch_status(const Node& node, const Block& block) {
  for (const Json& tip : node.rpc("getchaintips")) {
    if (hash_of(tip.at("hash")) == block.hash()) return tip.at("status");
  }
  return "no tip";
}

}  // namespace

void branch_parts(Fixture& f) {
  // `count` blocks on the base chain's tip, or on a branch's end.
  const auto extend = [&](std::vector<Block> branch, int count) {
    for (int i = 0; i < count; ++i) {
      const int height = f.height + static_cast<int>(branch.size()) + 1;
      branch.push_back(f.solved(branch.empty() ? f.plan() : f.plan_on(branch.back(), height)));
    }
    return branch;
  };

  f.part("equal_work", [&](BlockDriver& driver) {
    const auto a = extend({}, 1);
    const auto b = extend({}, 2);
    driver.expect(a[0], Accepted{});
    driver.expect(b[0], KeptAside{});
    assert_equal(branch_status(f.node, b[0]), "valid-headers");
    driver.expect(b[1], Accepted{});
    assert_equal(branch_status(f.node, a[0]), "valid-fork");
  });

  f.part("reorg", [&](BlockDriver& driver) {
    const auto a = extend({}, 2);
    const auto b = extend({}, 3);
    driver.feed(a);
    assert_equal(f.node.tip(), a.back().hash());
    driver.feed(b);
    assert_equal(f.node.tip(), b.back().hash());
    assert_equal(branch_status(f.node, a.back()), "valid-fork");
    const auto longer = extend(a, 2);
    driver.feed(std::span(longer).last(2));
    assert_equal(f.node.height(), f.height + 4);
    assert_equal(f.node.rpc("getblockhash", f.height + 1), a.front().hash());
    assert_equal(branch_status(f.node, b.back()), "valid-fork");
  });

  f.part("reorg_to_invalid_branch", [&](BlockDriver& driver) {
    // The longer branch turns out invalid while the node is connecting it.
    const auto a = extend({}, 2);
    driver.feed(a);
    auto b = extend({}, 1);
    Block greedy = build_block(f.plan_on(b[0], f.height + 2));
    greedy.transactions[0].outputs[0].value += 1_sat;
    b.push_back(f.solve_again(greedy));
    driver.feed(b);
    assert_equal(f.node.tip(), a.back().hash());
    assert_equal(branch_status(f.node, greedy), "valid-headers");
    const Block last = f.solved(f.plan_on(greedy, f.height + 3));
    driver.expect(last, Rejected{BlockFault::CoinbaseAmount});
    assert_equal(branch_status(f.node, last), "invalid");
    // What it shares with a valid branch is not lost.
    const auto sound = extend({b[0]}, 2);
    driver.feed(std::span(sound).last(2));
    assert_equal(f.node.height(), f.height + 3);
    assert_equal(f.node.rpc("getblockhash", f.height + 1), b[0].hash());
  });

  f.part("coins_of_another_branch", [&](BlockDriver& driver) {
    const Coin coin = f.coin();
    const Transaction on_a = spend(coin);
    const Transaction on_b = spend(coin, 1_btc);
    const Block a = f.solved(f.plan({on_a}));
    driver.expect(a, Accepted{});
    const Block b = f.solved(f.plan());
    driver.expect(b, KeptAside{});
    driver.expect(f.solved(f.plan_on(b, f.height + 2, {spend(coin_of(on_a))})),
                  Rejected{BlockFault::InputsMissingOrSpent});
    // What a spent is unspent on b.
    driver.expect(f.solved(f.plan_on(b, f.height + 2, {on_b})), Accepted{});
    driver.expect(f.solved(f.plan_on(a, f.height + 2, {spend(coin_of(on_a))})), KeptAside{});
  });
}

}  // namespace noderig::full_block_consensus
