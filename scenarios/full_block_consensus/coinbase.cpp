// Rules for the coinbase.
#include "fixture.h"

namespace noderig::full_block_consensus {
namespace {

constexpr std::size_t kShortestScript = 2;
constexpr std::size_t kLongestScript = 100;

}  // namespace

void coinbase_parts(Fixture& f) {
  f.part("coinbase_maturity", [&](BlockDriver& driver) {
    const int mature = f.height + 1 - regtest::kCoinbaseMaturity;
    driver.expect(f.solved(f.plan({spend(f.coinbase_at(mature + 1))})),
                  Rejected{BlockFault::PrematureCoinbaseSpend});
    driver.expect(f.solved(f.plan({spend(f.coinbase_at(mature))})), Accepted{});
  });

  f.part("coinbase_height", [&](BlockDriver& driver) {
    for (const int wrong : {f.height, f.height + 2}) {
      BlockPlan plan = f.plan();
      plan.height = wrong;
      driver.expect(f.solved(plan), Rejected{BlockFault::CoinbaseHeight});
    }
    // The height must come first, and be pushed in the shortest way.
    const auto with_script = [&](const Script& script) {
      return f.changed([&](Block& block) { block.transactions[0].inputs[0].script_sig = script; });
    };
    Script behind;
    behind << Op::Nop;
    behind.append(bip34_height(f.height + 1));
    driver.expect(with_script(behind), Rejected{BlockFault::CoinbaseHeight});
    Script padded;
    padded.push(std::array{std::byte(f.height + 1), std::byte(0)});
    driver.expect(with_script(padded), Rejected{BlockFault::CoinbaseHeight});
    driver.expect(f.solved(f.plan()), Accepted{});
  });

  f.part("coinbase_value", [&](BlockDriver& driver) {
    const Coin coin = f.coin();
    const Amount fee = 1_btc;
    const auto paying = [&](Amount value) {
      return f.changed([&](Block& block) { block.transactions[0].outputs[0].value = value; },
                       {spend(coin, coin.value() - fee)});
    };
    const Amount most = regtest::subsidy(f.height + 1) + fee;
    driver.expect(paying(most + 1_sat), Rejected{BlockFault::CoinbaseAmount});
    const Block full = paying(most);
    driver.expect(full, Accepted{});
    // Less is allowed: the rest is lost.
    Block poor = build_block(f.plan_on(full, f.height + 2));
    poor.transactions[0].outputs[0].value = Amount();
    driver.expect(f.solve_again(poor), Accepted{});
  });

  f.part("coinbase_place", [&](BlockDriver& driver) {
    const Coin coin = f.coin();
    // The proof of work and the merkle root are right in each.
    driver.expect(f.changed([](Block& block) { block.transactions.clear(); }),
                  Rejected{BlockFault::Length});
    driver.expect(
        f.changed([](Block& block) { block.transactions.erase(block.transactions.begin()); },
                  {spend(coin)}),
        Rejected{BlockFault::CoinbaseMissing});
    driver.expect(
        f.changed([](Block& block) { std::swap(block.transactions[0], block.transactions[1]); },
                  {spend(coin)}),
        Rejected{BlockFault::CoinbaseMissing});
    const Transaction second =
        coinbase(f.height + 1, Amount(), anyone_can_spend(), "a second coinbase");
    driver.expect(f.solved(f.plan({second})), Rejected{BlockFault::CoinbaseMultiple});
  });

  f.part("coinbase_script_length", [&](BlockDriver& driver) {
    const Script height = bip34_height(f.height + 1);
    assert_equal(height.size(), kShortestScript);
    const auto of_length = [&](std::size_t length) {
      return f.changed([&](Block& block) {
        Bytes script(height.bytes().begin(), height.bytes().end());
        script.resize(length, static_cast<std::byte>(Op::Nop));
        block.transactions[0].inputs[0].script_sig = Script(script);
      });
    };
    driver.expect(of_length(kShortestScript - 1), Rejected{BlockFault::CoinbaseLength});
    driver.expect(of_length(kLongestScript + 1), Rejected{BlockFault::CoinbaseLength});
    driver.expect(of_length(kLongestScript), Accepted{});
  });
}

}  // namespace noderig::full_block_consensus
