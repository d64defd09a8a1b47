#include <noderig/framework/chain/block_builder.h>
#include <noderig/framework/node/compact_block_probe.h>
#include <noderig/p2p/block_relay.h>
#include <noderig/p2p/messages/registry.h>

namespace noderig {
namespace {

using p2p::BlockTxn;
using p2p::CmpctBlock;
using p2p::Peer;
using p2p::PeerError;

// Of waits for what a daemon may not do at all.
constexpr std::chrono::seconds kProbeBound{2};

constexpr p2p::SendCmpct kOffer{.announce = 0, .version = 2};

// Whether the node has closed the connection by the time it would have dealt with all that was
// sent.
bool dropped(Peer& peer) {
  try {
    peer.sync_with_ping();
    return false;
  } catch (const PeerError& error) {
    if (error.kind() != PeerError::Kind::Disconnected) throw;
    return true;
  }
}

// Announces the block by its header; whether the node then asks for its compact form.
bool fetches_compact(Peer& peer, const BuiltBlock& block) {
  peer.send(p2p::Headers{.headers = {block.header()}});
  try {
    return p2p::expect_block_request(peer, block.hash(), kProbeBound) == p2p::InvType::CompactBlock;
  } catch (const PeerError& error) {
    if (error.kind() != PeerError::Kind::Timeout) throw;
    return false;
  }
}

bool takes(Node& node, Peer& peer, const BuiltBlock& block) {
  peer.send(CmpctBlock{.block = p2p::CompactBlock::from_block(block.block())});
  peer.sync_with_ping();
  return node.tip() == block.hash();
}

// Whether the node takes a compact block that it asked for, and not one that it did not.
bool takes_only_what_it_asks_for(Node& node, Peer& asked, Peer& unasked) {
  asked.send(kOffer);
  const BuiltBlock block = node.chain().mine();
  if (!fetches_compact(asked, block) || !takes(node, asked, block)) return false;
  unasked.send(kOffer);
  return !takes(node, unasked, node.chain().mine());
}

bool takes_transactions_once(Node& node, Peer& peer) {
  peer.send(kOffer);
  const BuiltBlock block = node.chain().mine();
  if (!fetches_compact(peer, block)) return false;
  // Without the coinbase, for which the node then asks and gets another one.
  peer.send(CmpctBlock{.block = p2p::CompactBlock::from_block(block.block(), 0, {})});
  const BlockTxn wrong{.block_hash = block.hash(),
                       .transactions = {coinbase(block.height(), Amount(), anyone_can_spend())}};
  peer.send(wrong);
  if (dropped(peer)) return false;
  peer.send(wrong);
  return dropped(peer);
}

}  // namespace

std::set<std::string> compact_block_behaviours(
    Node& node, const std::function<std::unique_ptr<Peer>()>& connect) {
  std::set<std::string> behaviours;
  const auto peer = connect();
  peer->send(p2p::SendCmpct{.announce = 2, .version = 2});
  if (dropped(*peer)) behaviours.insert("sendcmpct-announce-checked");

  const auto asking = connect();
  asking->send(p2p::GetBlockTxn{.block_hash = node.tip(), .indexes = {}});
  if (dropped(*asking)) behaviours.insert("getblocktxn-not-empty");

  if (takes_transactions_once(node, *connect())) behaviours.insert("blocktxn-once");

  // The last, since the node may go on to fetch the block that it did not take.
  if (takes_only_what_it_asks_for(node, *connect(), *connect())) {
    behaviours.insert("cmpctblock-asked-for");
  }
  return behaviours;
}

}  // namespace noderig
