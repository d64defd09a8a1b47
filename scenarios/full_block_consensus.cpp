// The consensus rules for blocks, one by one: what a peer sends is taken, refused for the one
// reason that is wrong with it, or has no parent. Every sub-test starts at the tip of one chain and
// leaves the node there:
//
//   genesis - 1 - 2 - ... - 119 - 120 - (what a sub-test sends)
//             |   |               `---- spends the coinbases of 1 and 2 into P2SH and P2WSH outputs
//             `---`-------------------- coinbases that anyone may spend, as are all others
//
// Node 0 takes part in all but the sub-test in which coinbases need no height: that is node 1's.
//
// A refusal is checked thrice: the tip stays, the node logs the reason, and gives the same one when
// the block is proposed to it (BIP23), where a proposal can show it: of a block below 200 kB on the
// tip, for a fault that is neither in the header's work nor in what the header stands for.

#include "full_block_consensus/fixture.h"

NODERIG_SCENARIO(full_block_consensus,
    .summary = "each consensus rule for blocks takes what it allows and refuses what it does not",
    .nodes = 2,
    .tags = {"validation", "p2p"},
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Serious,
    .links = {"src/validation.cpp", "src/consensus/tx_verify.cpp", "BIP30", "BIP34", "BIP68",
              "BIP113", "BIP141", "CVE-2012-2459", "CVE-2018-17144"},
    .subtests = {"coinbase_maturity", "coinbase_height", "coinbase_value", "coinbase_place",
                 "coinbase_script_length",
                 "double_spend", "missing_inputs", "output_values", "malformed_transactions",
                 "duplicate_transactions", "overwritten_transactions", "scripts",
                 "lock_time", "relative_lock_time",
                 "legacy_sigops", "p2sh_sigops", "witness_sigops", "stripped_size", "weight",
                 "merkle_root", "merkle_malleation", "transaction_of_64_bytes",
                 "timestamps", "proof_of_work", "difficulty_bits", "version", "orphan",
                 "invalid_parent",
                 "witness_commitment", "unexpected_witness", "malleated_witness",
                 "truncated_block", "oversized_counts", "trailing_bytes",
                 "equal_work", "reorg", "reorg_to_invalid_branch", "coins_of_another_branch"},
    .start = Start::Manual) {
  using namespace full_block_consensus;
  auto& [n0, n1] = rig.nodes<2>();
  rig.step("start the nodes");
  if (rig.can("option:testactivationheight")) {
    n1.set_arguments({"-testactivationheight=bip34@1000"});
    rig.start({n0, n1});
  } else {
    n0.start();
  }
  rig.step("build the base chain");
  Fixture fixture(rig);
  coinbase_parts(fixture);
  transaction_parts(fixture);
  lock_time_parts(fixture);
  limit_parts(fixture);
  merkle_parts(fixture);
  header_parts(fixture);
  witness_parts(fixture);
  encoding_parts(fixture);
  branch_parts(fixture);
}
