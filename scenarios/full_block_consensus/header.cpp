// Rules for the header: time, proof of work, version, and the parent it names.
#include "fixture.h"

#include <noderig/p2p/primitives/pow.h>

namespace noderig::full_block_consensus {
namespace {

constexpr auto kMostAhead = 2h;  // of the node's clock

}  // namespace

void header_parts(Fixture& f) {
  f.part("timestamps", [&](BlockDriver& driver) {
    const std::chrono::sys_seconds median{std::chrono::seconds(
        f.node.rpc("getblockheader", f.node.tip()).at("mediantime").get<std::int64_t>())};
    const auto at = [&](BlockPlan plan, std::chrono::sys_seconds time) {
      plan.time = time;
      return f.solved(plan);
    };
    driver.expect(at(f.plan(), median - 1s), Rejected{BlockFault::TimeTooOld});
    driver.expect(at(f.plan(), median), Rejected{BlockFault::TimeTooOld});
    const Block earliest = at(f.plan(), median + 1s);
    driver.expect(earliest, Accepted{});

    const auto latest = regtest::kEpoch + kMostAhead;  // the node's clock stands
    const Block future = at(f.plan_on(earliest, f.height + 2), latest + 1s);
    driver.expect(future, Rejected{BlockFault::TimeTooNew});
    driver.expect(at(f.plan_on(earliest, f.height + 2), latest), Accepted{});
    // A second later the refused block is as good as the other, which came first.
    f.node.rpc("setmocktime", (regtest::kEpoch + 1s).time_since_epoch().count());
    driver.expect(future, KeptAside{});
  });

  f.part("proof_of_work", [&](BlockDriver& driver) {
    Block block = build_block(f.plan());
    while (meets_target(block.hash(), block.header.bits)) ++block.header.nonce;
    driver.expect(block, Rejected{BlockFault::ProofOfWork});
    // Targets that no network allows: easier than the easiest, negative, and zero.
    for (const std::uint32_t bits : {0x2100ffffu, 0x20ffffffu, 0x20000000u}) {
      block.header.bits = bits;
      driver.expect(block, Rejected{BlockFault::ProofOfWork});
    }
    block.header.bits = regtest::kBits;
    driver.expect(f.solve_again(block), Accepted{});
  });

  f.part("difficulty_bits", [&](BlockDriver& driver) {
    // More work than is asked for, honestly done, is refused like less.
    for (const std::uint32_t bits : {regtest::kBits - 1, 0x1f7fffffu}) {
      BlockPlan plan = f.plan();
      plan.bits = bits;
      driver.expect(f.solved(plan), Rejected{BlockFault::DifficultyBits});
    }
  });

  f.part("version", [&](BlockDriver& driver) {
    // Each soft fork up to BIP65 made the version before it invalid. Negative ones, which are as
    // bad, are left out: some nodes read a longer header behind them.
    const auto with_version = [&](std::int32_t version) {
      BlockPlan plan = f.plan();
      plan.version = version;
      return f.solved(plan);
    };
    for (const int version : {3, 2, 1, 0}) {
      driver.expect(with_version(version), Rejected{BlockFault::Version});
    }
    driver.expect(with_version(4), Accepted{});
  });

  f.part("orphan", [&](BlockDriver& driver) {
    const Block parent = f.solved(f.plan());
    const Block child = f.solved(f.plan_on(parent, f.height + 2));
    driver.expect(child, Orphan{});
    driver.expect(parent, Accepted{});
    driver.expect(child, Accepted{});
  });

  f.part("invalid_parent", [&](BlockDriver& driver) {
    Block greedy = build_block(f.plan());
    greedy.transactions[0].outputs[0].value += 1_sat;
    f.solve_again(greedy);
    const Block child = f.solved(f.plan_on(greedy, f.height + 2));
    driver.expect(greedy, Rejected{BlockFault::CoinbaseAmount});
    driver.expect(greedy, Rejected{BlockFault::KnownInvalid});
    driver.expect(child, Rejected{BlockFault::InvalidParent});
    // The child of a block that was refused on its own, before its header was taken in, has no
    // parent at all.
    const Block empty = f.changed([](Block& block) { block.transactions.clear(); });
    driver.expect(empty, Rejected{BlockFault::Length});
    driver.expect(f.solved(f.plan_on(empty, f.height + 2)), Orphan{});
  });
}

}  // namespace noderig::full_block_consensus
