// The coinbase's commitment to the witnesses of its block (BIP141).
#include "fixture.h"

namespace noderig::full_block_consensus {
namespace {

Transaction with_witness(const Coin& coin) {
  Transaction transaction = spend(coin);
  const Script script = busy_script(kMostBusySigops);
  transaction.inputs[0].witness = {Bytes(script.bytes().begin(), script.bytes().end())};
  return transaction;
}

// The commitment is the coinbase's last output.
Script& commitment(Block& block) {
  return block.transactions[0].outputs.back().script_pubkey;
}

Script damaged(const Script& commitment) {
  Bytes bytes(commitment.bytes().begin(), commitment.bytes().end());
  bytes.back() ^= std::byte(1);
  return Script(bytes);
}

}  // namespace

void witness_parts(Fixture& f) {
  const auto changed = [&](const std::function<void(Block&)>& change) {
    return f.changed(change, {with_witness(f.p2wsh_coins().front())});
  };

  f.part("witness_commitment", [&](BlockDriver& driver) {
    driver.expect(changed([](Block& block) { commitment(block) = damaged(commitment(block)); }),
                  Rejected{BlockFault::WitnessCommitment});
    // The value that the commitment is salted with: absent, twice, too short, another one.
    const auto with_reserved = [&](const std::vector<Bytes>& reserved) {
      return changed([&](Block& block) { block.transactions[0].inputs[0].witness = reserved; });
    };
    driver.expect(with_reserved({}), Rejected{BlockFault::WitnessNonceSize});
    driver.expect(with_reserved({Bytes(32), Bytes(32)}), Rejected{BlockFault::WitnessNonceSize});
    driver.expect(with_reserved({Bytes(31)}), Rejected{BlockFault::WitnessNonceSize});
    driver.expect(with_reserved({Bytes(32, std::byte(1))}),
                  Rejected{BlockFault::WitnessCommitment});
    // Of several the last counts.
    const auto with_another = [&](bool damage_last) {
      return changed([&](Block& block) {
        auto& outputs = block.transactions[0].outputs;
        outputs.push_back(outputs.back());
        TxOut& wrong = outputs[outputs.size() - (damage_last ? 1 : 2)];
        wrong.script_pubkey = damaged(wrong.script_pubkey);
      });
    };
    driver.expect(with_another(true), Rejected{BlockFault::WitnessCommitment});
    driver.expect(with_another(false), Accepted{});
  });

  f.part("unexpected_witness", [&](BlockDriver& driver) {
    const auto drop_commitment = [](Block& block) {
      block.transactions[0].outputs.pop_back();
      block.transactions[0].inputs[0].witness.clear();
    };
    driver.expect(changed(drop_commitment), Rejected{BlockFault::UnexpectedWitness});
    // The coinbase's own witness needs a commitment as well.
    driver.expect(
        f.changed([](Block& block) { block.transactions[0].inputs[0].witness = {Bytes(32)}; }),
        Rejected{BlockFault::UnexpectedWitness});
    // A block may commit to nothing.
    driver.expect(f.changed(add_witness_commitment), Accepted{});
  });

  f.part("malleated_witness", [&](BlockDriver& driver) {
    // Witnesses are not in the block's hash: a refusal must not stick to it.
    const Block sound = changed([](Block&) {});
    const auto with_witnesses = [&](std::size_t transaction, const std::vector<Bytes>& witness) {
      Block block = sound;
      block.transactions[transaction].inputs[0].witness = witness;
      assert_equal(block.hash(), sound.hash());
      return block;
    };
    driver.expect(with_witnesses(1, {}), Rejected{BlockFault::WitnessCommitment});
    driver.expect(with_witnesses(1, {Bytes(1), sound.transactions[1].inputs[0].witness[0]}),
                  Rejected{BlockFault::WitnessCommitment});
    driver.expect(with_witnesses(0, {}), Rejected{BlockFault::WitnessNonceSize});
    driver.expect(sound, Accepted{});
  });
}

}  // namespace noderig::full_block_consensus
