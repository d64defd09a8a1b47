// What the parts of compact_blocks share: a node with a chain of kHeight blocks, coins, and peers
// that speak BIP152. For the scenario's thread.
#pragma once

#include <noderig/framework/node/peer_info.h>
#include <noderig/p2p/block_relay.h>
#include <noderig/scenario.h>

namespace noderig::compact_blocks {

using namespace p2p;                   // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

// What a peer says to get, or not to get, new blocks by cmpctblock.
inline constexpr SendCmpct kAnnounce{.announce = 1, .version = 2};
inline constexpr SendCmpct kDoNotAnnounce{.announce = 0, .version = 2};

// What nodes need that a part has for itself.
inline constexpr const char* kNamedAgents = "option:uacomment";
inline constexpr const char* kBlocksOnly = "option:blocksonly";

class Stage {
 public:
  // Blocks of the node's chain when the parts begin: each is one of the wallet's coins once
  // kCoinbaseMaturity are on top of it, and some are too old to have the work of the tip's last
  // 144.
  static constexpr int kHeight = 160;

  explicit Stage(Rig& a_rig);

  Rig& rig;
  Node& node;
  RigWallet wallet;

  // A sub-test. After one that failed, waits until the node has let go of its peers: the blocks
  // they were to send would change what the node asks of others.
  void part(const std::string& name, const std::function<void()>& body) { part(name, {}, body); }
  void part(const std::string& name, const std::vector<std::string>& needs,
            const std::function<void()>& body);

  // A node with -blocksonly, and kNetwork nodes whose user agents have their names. They know the
  // genesis block alone. Only where a part that uses them is selected and the daemon can be such a
  // node; they start beside the parts before it.
  static constexpr int kNetwork = 6;
  Node& blocks_only();
  std::vector<Node*> network();

  // Peers that have said nothing of compact blocks.
  Peer& plain_inbound();
  Peer& plain_outbound();

  // Peers that offer compact blocks.
  Peer& inbound();
  Peer& outbound();

  // Peers by which the node wants blocks announced as compact blocks, since they have brought it
  // one: "high-bandwidth" in BIP152. A node keeps three of them.
  Peer& high_bandwidth_inbound();
  Peer& high_bandwidth_outbound();

  // A transaction that spends a coin which no other call has used.
  WalletTransaction spend(SpendPlan plan = {});
  // `count` transactions, the first of a coin, each further one of that before it.
  std::vector<Transaction> spend_in_row(int count);

  // The next block on the node's tip, which the node is not given.
  BuiltBlock next_block(std::vector<Transaction> transactions = {}) const;
  // A block on the one `depth` below the node's tip.
  BuiltBlock stale_block(int depth) const;
  // The next block, given to the node by submitblock.
  BuiltBlock submit_block(std::vector<Transaction> transactions = {});

  // Gives the node transactions by tx messages and sees them in its mempool.
  void relay(Peer& peer, std::span<const Transaction> transactions);

  // The node, having dealt with all that the peer sent, has the block as its tip.
  void assert_tip(Peer& peer, const Uint256& tip) const;
  // The same, and the node has asked the peer for nothing beyond what was expected.
  void assert_done(Peer& peer, const Uint256& tip) const;

  // The status that getchaintips gives the block; empty when it has no such tip.
  std::string chain_tip_status(const Uint256& tip) const;

 private:
  Peer& earn_high_bandwidth(Peer& peer);
  Node& launch(std::vector<std::string> arguments);
  Node& ready(Node& launched);

  Node* blocks_only_ = nullptr;
  std::vector<Node*> network_;
  std::vector<const Node*> launching_;
  std::vector<Coin> coins_;  // not used yet, the next one last
  std::size_t peers_ = 0;    // of the node, so far
  bool failed_ = false;
};

// The block's compact form, in which the transactions at those places are whole.
CmpctBlock compact(const BuiltBlock& block, const std::vector<std::uint16_t>& prefilled = {0});

// The places of all transactions.
std::vector<std::uint16_t> all_places(const Block& block);

// blocktxn with the block's transactions from place `first` up to before `end`.
BlockTxn block_txn(const BuiltBlock& block, std::size_t first = 1,
                   std::size_t end = static_cast<std::size_t>(-1));

// The node's next cmpctblock describes that block, with the coinbase and whatever it likes whole.
void expect_compact(Peer& peer, const BuiltBlock& block);

// The node asks this peer for transactions of the block at those places.
void expect_asked(Peer& peer, const BuiltBlock& block, const std::vector<std::uint16_t>& places);

// Tells the node of a block by its header, which it fetches as a compact block.
void announce_by_headers(Peer& peer, const BuiltBlock& block);

// The parts, in the order of their sub-tests.
void negotiation(Stage& stage);
void construction(Stage& stage);
void requests(Stage& stage);
void serving(Stage& stage);
void unwanted(Stage& stage);
void several_peers(Stage& stage);
void high_bandwidth(Stage& stage);
void blocks_only(Stage& stage);

}  // namespace noderig::compact_blocks
