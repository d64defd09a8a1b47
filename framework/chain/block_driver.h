// Sends blocks to a node as a peer does and checks that the node makes of each what the scenario
// expects: its tip, what it keeps, the reason that it logs and, where the block stands on the tip,
// the reason that it gives for a proposal (BIP23); and whether it drops the peer. Made in the
// sub-test that uses it, since its peer goes with that. Belongs to the scenario's thread.
#pragma once

#include <noderig/framework/chain/block_builder.h>
#include <noderig/framework/chain/block_expectation.h>
#include <noderig/framework/rig.h>
#include <source_location>
#include <span>

namespace noderig {

class BlockDriver {
 public:
  BlockDriver(Rig& rig, Node& node) : rig_(rig), node_(node) {}

  // Sends the block unasked and checks what becomes of it. Throws AssertionError.
  void expect(const p2p::Block& block, const BlockExpectation& expectation,
              std::source_location where = std::source_location::current());

  // The same for the payload of a block message that may be no block. `hash` is the block's where
  // there is one.
  void expect_payload(ByteSpan payload, const Uint256& hash, const BlockExpectation& expectation,
                      std::source_location where = std::source_location::current());

  // Announces the branch by its headers, gives the node the blocks as it asks for them, and returns
  // when it has dealt with all. The node must have none of them, and the branch at least the work
  // of its tip, or it does not ask.
  void feed(std::span<const p2p::Block> branch);

  // The peer that speaks to the node; a new one when the node drops the last.
  p2p::Peer& peer();

  // Waits until the peers are gone that the node was to drop. Once, at the end: nodes take their
  // time for it.
  void finish();

 private:
  // Waits until the node has dealt with all that `sender` has sent since `mark` in its log.
  void await_verdict(p2p::Peer& sender, std::uint64_t mark);
  // How the node answers a proposal of the block; nothing when it is not asked.
  std::optional<std::string> proposal_answer(const p2p::Block& block,
                                             const BlockExpectation& expectation);

  Rig& rig_;
  Node& node_;
  p2p::Peer* peer_ = nullptr;
  std::vector<p2p::Peer*> doomed_;
};

}  // namespace noderig
