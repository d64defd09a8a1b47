// Rules for the transactions of a block.
#include "fixture.h"

#include <noderig/framework/chain/sign.h>

namespace noderig::full_block_consensus {
namespace {

constexpr Amount kMaxMoney = Amount::btc(21'000'000);

}  // namespace

void transaction_parts(Fixture& f) {
  f.part("double_spend", [&](BlockDriver& driver) {
    const Coin coin = f.coin();
    // In one transaction (CVE-2018-17144), in one block, and in the next block.
    driver.expect(f.solved(f.plan({spend_coins({coin, coin}, {{.value = coin.value()}})})),
                  Rejected{BlockFault::DuplicateInputs});
    driver.expect(f.solved(f.plan({spend(coin), spend(coin, 1_btc)})),
                  Rejected{BlockFault::InputsMissingOrSpent});
    const Block first = f.solved(f.plan({spend(coin)}));
    driver.expect(first, Accepted{});
    driver.expect(f.solved(f.plan_on(first, f.height + 2, {spend(coin, 1_btc)})),
                  Rejected{BlockFault::InputsMissingOrSpent});
  });

  f.part("missing_inputs", [&](BlockDriver& driver) {
    const Coin coin = f.coin();
    Coin unknown = coin;
    unknown.outpoint.txid = sha256d(as_byte_span("no such transaction"));
    Coin beyond = coin;
    beyond.outpoint.index = 1;
    for (const Coin& missing : {unknown, beyond}) {
      driver.expect(f.solved(f.plan({spend(missing)})), Rejected{BlockFault::InputsMissingOrSpent});
    }
    // A transaction may spend what an earlier one of its block makes, not what a later one does.
    const Transaction parent = spend(coin);
    const Transaction child = spend(coin_of(parent), 1_btc);
    driver.expect(f.solved(f.plan({child, parent})), Rejected{BlockFault::InputsMissingOrSpent});
    driver.expect(f.solved(f.plan({parent, child})), Accepted{});
  });

  f.part("output_values", [&](BlockDriver& driver) {
    const Coin coin = f.coin();
    const auto paying = [&](std::initializer_list<Amount> values) {
      std::vector<TxOut> outputs;
      for (const Amount value : values) outputs.push_back({value, anyone_can_spend()});
      return f.solved(f.plan({spend_coins({coin}, std::move(outputs))}));
    };
    driver.expect(paying({coin.value() + 1_sat}), Rejected{BlockFault::OutputsAboveInputs});
    driver.expect(paying({coin.value(), 1_sat}), Rejected{BlockFault::OutputsAboveInputs});
    driver.expect(paying({coin.value(), -1_sat}), Rejected{BlockFault::NegativeOutput});
    driver.expect(paying({kMaxMoney + 1_sat}), Rejected{BlockFault::OutputTooLarge});
    driver.expect(paying({kMaxMoney, 1_sat}), Rejected{BlockFault::OutputSumTooLarge});
    driver.expect(paying({kMaxMoney}), Rejected{BlockFault::OutputsAboveInputs});
    driver.expect(paying({coin.value() - 1_sat, 1_sat}), Accepted{});
  });

  f.part("malformed_transactions", [&](BlockDriver& driver) {
    const Coin coin = f.coin();
    Coin nothing;
    nothing.outpoint = OutPoint::null();
    driver.expect(f.solved(f.plan({Transaction{}})), Rejected{BlockFault::NoInputs});
    driver.expect(f.solved(f.plan({spend_coins({coin}, {})})), Rejected{BlockFault::NoOutputs});
    driver.expect(f.solved(f.plan({spend_coins({coin, nothing}, {{.value = 1_btc}})})),
                  Rejected{BlockFault::NullInput});
  });

  f.part("duplicate_transactions", [&](BlockDriver& driver) {
    // Twice in a block, apart from each other, so that the merkle tree has no two equal neighbours.
    const Transaction twice = spend(f.coin());
    driver.expect(f.solved(f.plan({twice, spend(f.coin()), twice})),
                  Rejected{BlockFault::InputsMissingOrSpent});
    // Again while its outputs are unspent, which would overwrite them (BIP30), and when they are
    // gone.
    const Block once = f.solved(f.plan({twice}));
    driver.expect(once, Accepted{});
    driver.expect(f.solved(f.plan_on(once, f.height + 2, {twice})),
                  Rejected{BlockFault::OverwritesOutputs});
    const Block gone = f.solved(f.plan_on(once, f.height + 2, {spend(coin_of(twice))}));
    driver.expect(gone, Accepted{});
    driver.expect(f.solved(f.plan_on(gone, f.height + 3, {twice})),
                  Rejected{BlockFault::InputsMissingOrSpent});
  });

  f.rig.subtest("overwritten_transactions", {"option:testactivationheight"}, [&] {
    // Where heights need not be in coinbases (BIP34), two may be the same transaction. The second
    // must not overwrite the first while that has unspent outputs (BIP30).
    ChainBuilder chain;
    chain.mine(1 + regtest::kCoinbaseMaturity);
    f.submit(f.without_bip34, chain);
    BlockDriver driver(f.rig, f.without_bip34);

    const Transaction& repeated = chain.at(1).coinbase();
    const auto repeating = [&](const BuiltBlock& parent) {
      Block block = f.solved(
          {.previous = parent.hash(), .height = parent.height() + 1, .time = parent.time() + 1s});
      block.transactions[0] = repeated;
      return f.solve_again(block);
    };
    driver.expect(repeating(chain.at(chain.height())), Rejected{BlockFault::OverwritesOutputs});
    const BuiltBlock spending = chain.mine({.transactions = {spend(coin_of(repeated))}});
    driver.expect(spending.block(), Accepted{});
    driver.expect(repeating(spending), Accepted{});
    driver.finish();
  });

  f.part("scripts", [&](BlockDriver& driver) {
    const Coin coin = f.coin();
    const auto locked_by = [&](const Script& script) {
      return spend_coins({coin}, {{.value = coin.value(), .script_pubkey = script}});
    };
    const auto unsigned_spend_of = [&](const Transaction& funding) {
      return f.solved(f.plan({funding, spend(coin_of(funding))}));
    };
    const Key key = Key::from_phrase("full block consensus");
    const Transaction hashed = locked_by(p2pkh(hash160(key.public_key().bytes())));
    driver.expect(unsigned_spend_of(locked_by(Script{Op::True, Op::Return})),
                  Rejected{BlockFault::Script});
    driver.expect(unsigned_spend_of(locked_by(Script{Op::False})), Rejected{BlockFault::Script});
    driver.expect(unsigned_spend_of(hashed), Rejected{BlockFault::Script});

    Transaction right = spend(coin_of(hashed));
    sign_input(right, 0, hashed.outputs, key);
    Transaction changed_after = right;
    changed_after.outputs[0].value -= 1_sat;
    driver.expect(f.solved(f.plan({hashed, changed_after})), Rejected{BlockFault::Script});
    driver.expect(f.solved(f.plan({hashed, right})), Accepted{});
  });
}

}  // namespace noderig::full_block_consensus
