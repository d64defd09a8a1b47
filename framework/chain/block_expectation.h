// What a node is to make of a block: taken, kept aside, refused for one fault, or not even read.
// A scenario writes the expectation next to the block; BlockDriver (block_driver.h) sends the block
// and checks it. Value types and pure functions; any thread.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace noderig {

// The faults for which consensus refuses a block, by the rule that is broken.
enum class BlockFault {
  // the header
  ProofOfWork,
  DifficultyBits,
  TimeTooOld,
  TimeTooNew,
  Version,
  UnknownParent,
  InvalidParent,
  KnownInvalid,  // was refused before, in the same words or others
  // the block as a whole
  Mutated,  // refused before its contents are looked at: they may be another block's
  MerkleRoot,
  DuplicateTransactions,  // CVE-2012-2459
  Length,                 // without witnesses; or no transaction at all
  Weight,
  SigOps,
  // the coinbase
  CoinbaseMissing,
  CoinbaseMultiple,
  CoinbaseLength,
  CoinbaseHeight,
  CoinbaseAmount,
  // witnesses
  UnexpectedWitness,
  WitnessNonceSize,
  WitnessCommitment,
  // a transaction
  NoInputs,
  NoOutputs,
  NullInput,
  DuplicateInputs,
  NegativeOutput,
  OutputTooLarge,
  OutputSumTooLarge,
  InputsMissingOrSpent,
  PrematureCoinbaseSpend,
  OutputsAboveInputs,
  OverwritesOutputs,  // BIP30
  NotFinal,           // BIP113 and BIP68
  Script,
};

// The fault as nodes name it when they answer or log: "bad-cb-amount".
std::string_view to_string(BlockFault fault);

// The fault that a node names so, which versions of nodes spell differently and follow with details
// ("mandatory-script-verify-flag-failed (...)"). Nothing for another text.
std::optional<BlockFault> block_fault(std::string_view reason);

// What becomes of a peer that sends such a block unasked.
enum class PeerFate {
  Kept,      // the block may become valid later, or was refused already
  Punished,  // dropped by nodes that do not forgive invalid blocks (Rig::expect_punished)
  Dropped,   // what was sent is not the block that its header stands for
};
PeerFate peer_fate(BlockFault fault);

// The reason for a refusal that a node of the Core family writes into its log, the first one in
// `log`: "bad-cb-amount". Nothing when there is none.
std::optional<std::string> logged_refusal(std::string_view log);

// It becomes the tip.
struct Accepted {
  friend bool operator==(const Accepted&, const Accepted&) = default;
};
// It is kept, valid as far as it was looked at, on a branch that has no more work: the tip stays.
struct KeptAside {
  friend bool operator==(const KeptAside&, const KeptAside&) = default;
};
// It is refused, and the tip stays.
struct Rejected {
  BlockFault fault;
  friend bool operator==(const Rejected&, const Rejected&) = default;
};
// Its parent is not known. Nodes keep no orphans: it is refused and forgotten.
struct Orphan {
  friend bool operator==(const Orphan&, const Orphan&) = default;
};
// The bytes are no block: ignored, and the tip stays.
struct Undecodable {
  friend bool operator==(const Undecodable&, const Undecodable&) = default;
};

using BlockExpectation = std::variant<Accepted, KeptAside, Rejected, Orphan, Undecodable>;

// "accepted", "rejected (bad-cb-amount)"
std::string to_string(const BlockExpectation& expectation);

}  // namespace noderig
