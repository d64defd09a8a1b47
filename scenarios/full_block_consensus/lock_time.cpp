// Absolute lock times against height and median time past (BIP113), relative ones (BIP68).
#include "fixture.h"

namespace noderig::full_block_consensus {
namespace {

constexpr std::uint32_t kRespectsLockTime = 0xfffffffe;  // a sequence number
constexpr std::uint32_t kByTime = 1u << 22;              // BIP68: the lock counts time ...
constexpr std::uint32_t kTimeUnit = 512;                 // ... in this many seconds
constexpr std::uint32_t kNoLock = 1u << 31;              // BIP68
constexpr std::uint32_t kMedianSpan = 11;                // blocks

std::uint32_t median_time(const Node& node, const Json& hash) {
  return node.rpc("getblockheader", hash).at("mediantime").get<std::uint32_t>();
}

Transaction locked(const Coin& coin, std::uint32_t lock_time,
                   std::uint32_t sequence = kRespectsLockTime) {
  Transaction transaction = spend(coin);
  transaction.lock_time = lock_time;
  transaction.inputs[0].sequence = sequence;
  return transaction;
}

Transaction aged(const Coin& coin, std::uint32_t sequence, std::int32_t version = 2) {
  Transaction transaction = spend(coin);
  transaction.version = version;
  transaction.inputs[0].sequence = sequence;
  return transaction;
}

}  // namespace

void lock_time_parts(Fixture& f) {
  f.part("lock_time", [&](BlockDriver& driver) {
    const Coin coin = f.coin();
    const auto next_height = static_cast<std::uint32_t>(f.height) + 1;
    const std::uint32_t median = median_time(f.node, f.node.tip());
    // The lock ends with the block or time that it names, which must have passed.
    driver.expect(f.solved(f.plan({locked(coin, next_height)})), Rejected{BlockFault::NotFinal});
    driver.expect(f.solved(f.plan({locked(coin, median)})), Rejected{BlockFault::NotFinal});
    // The block's own time, which is later than the median, does not count.
    BlockPlan late = f.plan({locked(coin, median)});
    late.time += 1h;
    driver.expect(f.solved(late), Rejected{BlockFault::NotFinal});
    driver.expect(f.solved(f.plan({locked(coin, next_height - 1), locked(f.coin(), median - 1),
                                   locked(f.coin(), next_height, 0xffffffff)})),
                  Accepted{});
  });

  f.part("relative_lock_time", [&](BlockDriver& driver) {
    const int coin_height = f.height + 1 - regtest::kCoinbaseMaturity;
    const Coin coin = f.coinbase_at(coin_height);
    const auto age = static_cast<std::uint32_t>(f.height + 1 - coin_height);

    f.rig.step("a lock of as many blocks as the coin is old, and of one more");
    driver.expect(f.solved(f.plan({aged(coin, age + 1)})), Rejected{BlockFault::NotFinal});
    driver.expect(f.solved(f.plan({aged(coin, kByTime | 1)})), Rejected{BlockFault::NotFinal});
    Block tip = f.solved(f.plan({aged(f.coin(), age), aged(f.coin(), kByTime),
                                 aged(f.coin(), kNoLock | 0xffff), aged(f.coin(), 0xffff, 1)}));
    driver.expect(tip, Accepted{});

    f.rig.step("a lock of 512 seconds, measured from median to median time past");
    const auto due = median_time(f.node, f.node.rpc("getblockhash", coin_height - 1)) + kTimeUnit;
    // The median comes to be the time of the earliest of these blocks, and one later at each more.
    int height = f.height + 1;
    const auto extend = [&](std::uint32_t time, std::vector<Transaction> transactions) {
      BlockPlan plan = f.plan_on(tip, height + 1, std::move(transactions));
      plan.time = std::chrono::sys_seconds(std::chrono::seconds(time));
      return f.solved(plan);
    };
    for (std::uint32_t i = 0; i <= kMedianSpan / 2 + 1; ++i) {
      const Block early = extend(due + i, {aged(coin, kByTime | 1)});
      if (i == kMedianSpan / 2 + 1) {
        assert_equal(median_time(f.node, tip.hash()), due - 1);
        driver.expect(early, Rejected{BlockFault::NotFinal});
      }
      tip = extend(due - 1 + i, {});
      driver.expect(tip, Accepted{});
      ++height;
    }
    assert_equal(median_time(f.node, tip.hash()), due);
    driver.expect(extend(due + kMedianSpan, {aged(coin, kByTime | 1)}), Accepted{});
  });
}

}  // namespace noderig::full_block_consensus
