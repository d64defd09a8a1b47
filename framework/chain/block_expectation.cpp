#include <noderig/framework/chain/block_expectation.h>
#include <algorithm>
#include <array>

namespace noderig {
namespace {

struct Spelling {
  BlockFault fault;
  std::string_view reason;
};

// The first spelling of a fault is how noderig prints it, the others are those of other versions.
constexpr std::array kSpellings = {
    Spelling{BlockFault::ProofOfWork, "high-hash"},
    Spelling{BlockFault::DifficultyBits, "bad-diffbits"},
    Spelling{BlockFault::TimeTooOld, "time-too-old"},
    Spelling{BlockFault::TimeTooNew, "time-too-new"},
    Spelling{BlockFault::Version, "bad-version"},
    Spelling{BlockFault::UnknownParent, "prev-blk-not-found"},
    Spelling{BlockFault::InvalidParent, "bad-prevblk"},
    Spelling{BlockFault::KnownInvalid, "duplicate-invalid"},
    Spelling{BlockFault::Mutated, "mutated"},
    Spelling{BlockFault::MerkleRoot, "bad-txnmrklroot"},
    Spelling{BlockFault::DuplicateTransactions, "bad-txns-duplicate"},
    Spelling{BlockFault::Length, "bad-blk-length"},
    Spelling{BlockFault::Weight, "bad-blk-weight"},
    Spelling{BlockFault::SigOps, "bad-blk-sigops"},
    Spelling{BlockFault::CoinbaseMissing, "bad-cb-missing"},
    Spelling{BlockFault::CoinbaseMultiple, "bad-cb-multiple"},
    Spelling{BlockFault::CoinbaseLength, "bad-cb-length"},
    Spelling{BlockFault::CoinbaseHeight, "bad-cb-height"},
    Spelling{BlockFault::CoinbaseAmount, "bad-cb-amount"},
    Spelling{BlockFault::UnexpectedWitness, "unexpected-witness"},
    Spelling{BlockFault::WitnessNonceSize, "bad-witness-nonce-size"},
    Spelling{BlockFault::WitnessCommitment, "bad-witness-merkle-match"},
    Spelling{BlockFault::NoInputs, "bad-txns-vin-empty"},
    Spelling{BlockFault::NoOutputs, "bad-txns-vout-empty"},
    Spelling{BlockFault::NullInput, "bad-txns-prevout-null"},
    Spelling{BlockFault::DuplicateInputs, "bad-txns-inputs-duplicate"},
    Spelling{BlockFault::NegativeOutput, "bad-txns-vout-negative"},
    Spelling{BlockFault::OutputTooLarge, "bad-txns-vout-toolarge"},
    Spelling{BlockFault::OutputSumTooLarge, "bad-txns-txouttotal-toolarge"},
    Spelling{BlockFault::InputsMissingOrSpent, "bad-txns-inputs-missingorspent"},
    Spelling{BlockFault::PrematureCoinbaseSpend, "bad-txns-premature-spend-of-coinbase"},
    Spelling{BlockFault::OutputsAboveInputs, "bad-txns-in-belowout"},
    Spelling{BlockFault::OverwritesOutputs, "bad-txns-BIP30"},
    Spelling{BlockFault::NotFinal, "bad-txns-nonfinal"},
    Spelling{BlockFault::Script, "block-script-verify-flag-failed"},
    Spelling{BlockFault::Script, "mandatory-script-verify-flag-failed"},
};

// What stands before the reason in the log, in the order in which a node may write them for one
// block.
constexpr std::array<std::string_view, 3> kBeforeReason = {
    "Block mutated: ",            // looked at first, when the parent is known
    "AcceptBlock FAILED (",       // the block alone
    "ConnectTip: ConnectBlock ",  // the block on its chain: the hash and kFailed follow
};
constexpr std::string_view kFailed = " failed, ";
constexpr std::string_view kMutatedWithoutReason = "Received mutated block";

// The reason's own word: up to the comma, blank or parenthesis behind it.
std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find_first_of(",( )\n"));
}

}  // namespace

std::string_view to_string(BlockFault fault) {
  return std::ranges::find(kSpellings, fault, &Spelling::fault)->reason;
}

std::optional<BlockFault> block_fault(std::string_view reason) {
  const auto found = std::ranges::find(kSpellings, first_word(reason), &Spelling::reason);
  if (found == kSpellings.end()) return std::nullopt;
  return found->fault;
}

PeerFate peer_fate(BlockFault fault) {
  switch (fault) {
    case BlockFault::TimeTooNew:
    case BlockFault::KnownInvalid:
      return PeerFate::Kept;
    case BlockFault::Mutated:
    case BlockFault::MerkleRoot:
    case BlockFault::DuplicateTransactions:
    case BlockFault::UnexpectedWitness:
    case BlockFault::WitnessNonceSize:
    case BlockFault::WitnessCommitment:
      return PeerFate::Dropped;
    default:
      return PeerFate::Punished;
  }
}

std::optional<std::string> logged_refusal(std::string_view log) {
  for (const std::string_view mark : kBeforeReason) {
    const auto at = log.find(mark);
    if (at == std::string_view::npos) continue;
    std::string_view rest = log.substr(at + mark.size());
    if (mark == kBeforeReason.back()) {
      const auto failed = rest.find(kFailed);
      if (failed == std::string_view::npos) continue;
      rest.remove_prefix(failed + kFailed.size());
    }
    return std::string(first_word(rest));
  }
  if (log.find(kMutatedWithoutReason) != std::string_view::npos) {
    return std::string(to_string(BlockFault::Mutated));
  }
  return std::nullopt;
}

std::string to_string(const BlockExpectation& expectation) {
  struct Words {
    std::string operator()(Accepted) const { return "accepted"; }
    std::string operator()(KeptAside) const { return "kept aside"; }
    std::string operator()(Rejected rejected) const {
      return "rejected (" + std::string(to_string(rejected.fault)) + ")";
    }
    std::string operator()(Orphan) const { return "orphan"; }
    std::string operator()(Undecodable) const { return "undecodable"; }
  };
  return std::visit(Words(), expectation);
}

}  // namespace noderig
