// Limits of what a block may hold: signature checks, bytes, weight. Each is met exactly, and then
// passed by one.
#include "fixture.h"

namespace noderig::full_block_consensus {
namespace {

constexpr int kMaxSigopsCost = 80'000;
constexpr int kLegacySigopCost = 4;  // also of P2SH; those of witness scripts cost 1
constexpr std::size_t kMaxWeight = 4'000'000;
constexpr std::size_t kWitnessScale = 4;

// Outputs that are not spent may hold any script; it counts all the same.
TxOut sigops_output(int sigops) {
  Script script;
  for (int i = 0; i < sigops; ++i) script << Op::CheckSig;
  return {.value = Amount(), .script_pubkey = script};
}

// Spends `coins` by their script, which stands as the last push of the input or of the witness.
Transaction spend_by_script(std::span<const Coin> coins, const Script& script, bool in_witness) {
  Transaction transaction = spend_coins({coins.begin(), coins.end()},
                                        {{.value = 1_btc, .script_pubkey = anyone_can_spend()}});
  const Bytes bytes(script.bytes().begin(), script.bytes().end());
  for (TxIn& input : transaction.inputs) {
    if (in_witness) {
      input.witness = {bytes};
    } else {
      input.script_sig.push(bytes);
    }
  }
  return transaction;
}

}  // namespace

void limit_parts(Fixture& f) {
  f.part("legacy_sigops", [&](BlockDriver& driver) {
    constexpr int kMost = kMaxSigopsCost / kLegacySigopCost;
    const Coin coin = f.coin();
    const auto with = [&](int sigops) {
      return f.solved(f.plan({spend_coins({coin}, {sigops_output(sigops)})}));
    };
    driver.expect(with(kMost + 1), Rejected{BlockFault::SigOps});
    // The coinbase's input counts as well, and a check of many signatures as 20 of one.
    const auto with_coinbase = [&](const Script& checks) {
      return f.changed(
          [&](Block& block) { block.transactions[0].inputs[0].script_sig.append(checks); },
          {spend_coins({coin}, {sigops_output(kMost - 20)})});
    };
    driver.expect(with_coinbase({Op::CheckMultiSig, Op::CheckSigVerify}),
                  Rejected{BlockFault::SigOps});
    driver.expect(with_coinbase({Op::CheckMultiSigVerify}), Accepted{});
  });

  // Both kinds of script hash: full ones to the limit's brink, the rest as legacy checks.
  const auto script_hash_sigops = [&](BlockDriver& driver, const std::vector<Coin>& coins,
                                      bool in_witness) {
    const int cost = in_witness ? 1 : kLegacySigopCost;
    const int inputs = kMaxSigopsCost / cost / kMostBusySigops;
    const int rest = (kMaxSigopsCost - inputs * kMostBusySigops * cost) / kLegacySigopCost;
    const Transaction busy = spend_by_script({coins.begin(), coins.begin() + inputs},
                                             busy_script(kMostBusySigops), in_witness);
    const Coin coin = f.coin();
    const auto with = [&](int legacy) {
      return f.solved(f.plan({busy, spend_coins({coin}, {sigops_output(legacy)})}));
    };
    driver.expect(with(rest + 1), Rejected{BlockFault::SigOps});
    driver.expect(with(rest), Accepted{});
  };
  f.part("p2sh_sigops",
         [&](BlockDriver& driver) { script_hash_sigops(driver, f.p2sh_coins(), false); });
  f.part("witness_sigops",
         [&](BlockDriver& driver) { script_hash_sigops(driver, f.p2wsh_coins(), true); });

  f.part("stripped_size", [&](BlockDriver& driver) {
    constexpr std::size_t kMost = kMaxWeight / kWitnessScale;
    const auto of_size = [&](std::size_t size) {
      BlockPlan plan = f.plan();
      plan.extra_outputs = {bulk_output(size / 2)};
      const std::size_t overhead = build_block(plan).stripped_size() - size / 2;
      plan.extra_outputs = {bulk_output(size - overhead)};
      const Block block = f.solved(plan);
      assert_equal(block.stripped_size(), size);
      return block;
    };
    driver.expect(of_size(kMost + 1), Rejected{BlockFault::Length});
    driver.expect(of_size(kMost), Accepted{});
  });

  f.part("weight", [&](BlockDriver& driver) {
    // Nearly all of it is witness. Witness programs of later versions take any.
    const Coin coin = f.coin();
    const Transaction funding = spend_coins(
        {coin}, {{.value = coin.value(),
                  .script_pubkey = (Script() << Op::Sixteen).push(Bytes(2, std::byte(1)))}});
    const auto of_weight = [&](std::size_t weight) {
      const auto block_with = [&](std::size_t padding) {
        Transaction transaction = spend(coin_of(funding));
        transaction.inputs[0].witness = {Bytes(padding)};
        BlockPlan plan = f.plan({funding, transaction});
        plan.tag = std::to_string(weight);
        return f.solved(plan);
      };
      const std::size_t overhead = block_with(weight / 2).weight() - weight / 2;
      const Block block = block_with(weight - overhead);
      assert_equal(block.weight(), weight);
      return block;
    };
    driver.expect(of_weight(kMaxWeight + 1), Rejected{BlockFault::Weight});
    driver.expect(of_weight(kMaxWeight), Accepted{});
  });
}

}  // namespace noderig::full_block_consensus
