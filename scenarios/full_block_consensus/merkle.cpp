// What the merkle root binds, and lists of transactions that share one root with others.
#include "fixture.h"

namespace noderig::full_block_consensus {

void merkle_parts(Fixture& f) {
  f.part("merkle_root", [&](BlockDriver& driver) {
    Block block = f.solved(f.plan({spend(f.coin())}));
    block.header.merkle_root.wire()[0] ^= std::byte(1);
    solve(block);
    driver.expect(block, Rejected{BlockFault::MerkleRoot});
    driver.expect(f.solve_again(block), Accepted{});
  });

  f.part("merkle_malleation", [&](BlockDriver& driver) {
    // CVE-2012-2459: repeating the last transactions where a level of the tree is odd leaves the
    // root as it is. The refusal must not stick to the hash, which the sound block has too.
    Block parent;
    for (const std::size_t count : {3, 6}) {
      BlockPlan plan = count == 3 ? f.plan() : f.plan_on(parent, f.height + 2);
      while (plan.transactions.size() + 1 < count) plan.transactions.push_back(spend(f.coin()));
      const Block sound = f.solved(plan);
      Block repeating = sound;
      const std::size_t repeated = count == 3 ? 1 : 2;
      for (std::size_t i = count - repeated; i < count; ++i) {
        repeating.transactions.push_back(sound.transactions[i]);
      }
      assert_equal(repeating.merkle_root(), sound.header.merkle_root);
      driver.expect(repeating, Rejected{BlockFault::DuplicateTransactions});
      driver.expect(sound, Accepted{});
      parent = sound;
    }
  });

  f.part("transaction_of_64_bytes", [&](BlockDriver& driver) {
    // As long as two nodes of the tree: one may pass for the other. Without a coinbase in front the
    // block is taken for another one's disguise, with one it is sound.
    Transaction transaction = spend(f.coin());
    transaction.outputs[0].script_pubkey = {Op::Nop, Op::Nop, Op::Nop, Op::True};
    assert_equal(transaction.total_size(), 64);
    driver.expect(
        f.changed([](Block& block) { block.transactions.erase(block.transactions.begin()); },
                  {transaction}),
        Rejected{BlockFault::Mutated});
    driver.expect(f.solved(f.plan({transaction})), Accepted{});
  });
}

}  // namespace noderig::full_block_consensus
