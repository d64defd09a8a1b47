#include <fmt/format.h>
#include <noderig/framework/asker.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/feed.h>
#include <noderig/p2p/messages/block_message.h>
#include <noderig/p2p/messages/get_data.h>
#include <noderig/p2p/messages/headers.h>
#include <noderig/p2p/transport/v1.h>
#include <deque>
#include <future>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace noderig {
namespace {

using Frame = std::shared_ptr<const Bytes>;

// A chain's block messages, each built when a peer first needs it and shared with the others that
// need it soon after.
class FramedBlocks {
 public:
  explicit FramedBlocks(const ChainPlan& chain) {
    for (const PlannedBlock& block : chain.blocks()) blocks_.emplace(block.hash, &block);
  }

  // Null for a block that is not in the chain.
  Frame find(const Uint256& hash) {
    const auto planned = blocks_.find(hash);
    if (planned == blocks_.end()) return nullptr;
    const std::lock_guard lock(mutex_);
    std::weak_ptr<const Bytes>& known = frames_[hash];
    Frame frame = known.lock();
    if (frame) return frame;
    frame = std::make_shared<const Bytes>(message_of(*planned->second));
    known = frame;
    kept_.push_back(frame);
    if (kept_.size() > kKept) kept_.pop_front();
    return frame;
  }

 private:
  static Bytes message_of(const PlannedBlock& planned) {
    // Room for the whole at once: growing would copy a large block several times.
    p2p::Writer writer(p2p::kFrameHeaderSize + planned.bulk + 1000);
    writer.bytes(std::array<std::byte, p2p::kFrameHeaderSize>{});
    planned.build().encode(writer);
    Bytes message = writer.take();
    p2p::fill_frame_header(p2p::kRegtestMagic, p2p::BlockMessage::kCommand, message);
    return message;
  }

  // A node asks one peer for at most 16 blocks at a time; nodes fed together are about that far
  // apart.
  static constexpr std::size_t kKept = 16;

  std::unordered_map<Uint256, const PlannedBlock*> blocks_;
  std::mutex mutex_;  // guards what follows
  std::unordered_map<Uint256, std::weak_ptr<const Bytes>> frames_;
  std::deque<Frame> kept_;
};

// A node may hold a block up for as long as its disk takes.
constexpr std::chrono::minutes kFeedPatience{5};

// Plays the peer that has the chain until the node has asked for its tip and dealt with it.
void serve(p2p::Peer& peer, const ChainPlan& chain, FramedBlocks& blocks) {
  p2p::Headers announcement;
  for (const PlannedBlock& block : chain.blocks()) {
    announcement.headers.push_back(block.header);
    if (announcement.headers.size() < p2p::Headers::kMaxHeaders && block.hash != chain.tip()) {
      continue;
    }
    peer.send(announcement);
    announcement.headers.clear();
  }
  std::unordered_set<Uint256> sent;
  for (bool tip_sent = false; !tip_sent;) {
    for (const p2p::InvItem& wanted : peer.expect<p2p::GetData>().items) {
      const Frame frame = blocks.find(wanted.hash);
      const bool is_new = sent.insert(wanted.hash).second;
      if (!frame || !is_new || wanted.type != p2p::InvType::WitnessBlock) {
        throw AssertionError(fmt::format(
            "{} was asked for {}, {}", peer.name(), wanted.to_string(),
            !frame    ? "which it did not announce"
            : !is_new ? "which it had sent already"
                      : "where a node asks for a witness_block that is announced by its header"));
      }
      peer.send_framed(frame);
      tip_sent = tip_sent || wanted.hash == chain.tip();
    }
  }
  peer.sync_with_ping();
}

}  // namespace

void feed_chain(Rig& rig, std::initializer_list<std::reference_wrapper<Node>> nodes,
                const ChainPlan& chain) {
  FramedBlocks blocks(chain);
  std::vector<p2p::Peer*> peers;
  std::vector<std::future<void>> served;
  for (Node& node : nodes) {
    const RigsOwnCalls own;
    if (node.tip() == chain.tip()) continue;
    peers.push_back(&rig.connect_peer(node, {.relay = false, .timeout = kFeedPatience}));
  }
  for (p2p::Peer* peer : peers) {
    served.push_back(std::async(std::launch::async, [&, peer] { serve(*peer, chain, blocks); }));
  }
  for (std::future<void>& one : served) one.wait();
  for (std::future<void>& one : served) one.get();
  for (p2p::Peer* peer : peers) peer->disconnect();
  for (Node& node : nodes) {
    if (const Uint256 tip = node.tip(); tip != chain.tip()) {
      throw AssertionError(fmt::format("{} was fed a chain up to {} and has the tip {}",
                                       node.name(), chain.tip().to_string(), tip.to_string()));
    }
  }
}

}  // namespace noderig
