#include <fmt/format.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/chain/block_driver.h>
#include <noderig/p2p/messages/registry.h>
#include <algorithm>

namespace noderig {
namespace {

// Larger blocks are not proposed: their hexadecimal form takes longer than all the rest.
constexpr std::size_t kLargestProposal = 200'000;

// For the node to ask for the next blocks: short of what a scenario has, so that the failure is the
// sub-test's.
constexpr std::chrono::seconds kGetDataBound{20};

// What the node did, in the terms of the expectations.
struct Observed {
  Uint256 tip_before;
  Uint256 tip_after;
  std::optional<std::string> refusal;  // the reason in its log
  bool known = false;                  // it has the header
  bool undecodable = false;            // it says that the message could not be read
};

template <typename T>
const T* as(const BlockExpectation& expectation) {
  return std::get_if<T>(&expectation);
}

std::optional<BlockFault> expected_fault(const BlockExpectation& expectation) {
  if (const auto* rejected = as<Rejected>(expectation)) return rejected->fault;
  if (as<Orphan>(expectation)) return BlockFault::UnknownParent;
  return std::nullopt;
}

bool holds(const BlockExpectation& expectation, const Observed& seen, const Uint256& hash) {
  const auto fault = expected_fault(expectation);
  const bool refused_as_expected =
      fault ? seen.refusal && block_fault(*seen.refusal) == fault : !seen.refusal;
  const bool moved = seen.tip_after != seen.tip_before;
  if (!refused_as_expected || seen.undecodable != (as<Undecodable>(expectation) != nullptr)) {
    return false;
  }
  if (as<Accepted>(expectation)) return moved && seen.tip_after == hash;
  if (as<KeptAside>(expectation)) return !moved && seen.known;
  if (as<Orphan>(expectation)) return !moved && !seen.known;
  return !moved;
}

}  // namespace

p2p::Peer& BlockDriver::peer() {
  if (peer_ == nullptr) peer_ = &rig_.connect_peer(node_);
  return *peer_;
}

std::optional<std::string> BlockDriver::proposal_answer(const p2p::Block& block,
                                                        const BlockExpectation& expectation) {
  // A proposal's proof of work is not looked at, nor is it taken for another block's contents.
  const auto fault = expected_fault(expectation);
  const bool tells =
      !fault || (*fault != BlockFault::ProofOfWork && *fault != BlockFault::Mutated &&
                 *fault != BlockFault::KnownInvalid);
  if (!tells || block.total_size() > kLargestProposal || block.header.previous != node_.tip()) {
    return std::nullopt;
  }
  const Json answer =
      node_.rpc("getblocktemplate",
                Json{{"mode", "proposal"}, {"rules", Json::array({"segwit"})}, {"data", block}});
  return answer.is_null() ? std::string() : answer.get<std::string>();
}

void BlockDriver::expect(const p2p::Block& block, const BlockExpectation& expectation,
                         std::source_location where) {
  if (const auto answer = proposal_answer(block, expectation)) {
    const auto fault = expected_fault(expectation);
    if (fault ? block_fault(*answer) != fault : !answer->empty()) {
      throw AssertionError(fmt::format("{}:{}: block {} is to be {}; proposed to {}, it is {}",
                                       where.file_name(), where.line(), block.hash().to_string(),
                                       to_string(expectation), node_.name(),
                                       answer->empty() ? "valid" : "refused: " + *answer));
    }
  }
  expect_payload(p2p::encode_of(block), block.hash(), expectation, where);
}

void BlockDriver::expect_payload(ByteSpan payload, const Uint256& hash,
                                 const BlockExpectation& expectation, std::source_location where) {
  detail::count_assertion();
  p2p::Peer& sender = peer();
  Observed seen{.tip_before = node_.tip(), .tip_after = {}, .refusal = {}};
  const std::uint64_t mark = node_.log().mark();
  sender.send_raw(p2p::BlockMessage::kCommand, payload);

  const auto fault = expected_fault(expectation);
  const PeerFate fate = fault ? peer_fate(*fault) : PeerFate::Kept;
  if (fate == PeerFate::Dropped || (fate == PeerFate::Punished && rig_.can("punish-loopback"))) {
    await_verdict(sender, mark);
    doomed_.push_back(&sender);
    peer_ = nullptr;
  } else {
    sender.sync_with_ping();
  }

  const std::string log = node_.log().since(mark);
  seen.tip_after = node_.tip();
  seen.refusal = logged_refusal(log);
  seen.known = node_.rpc.batch({{"getblockheader", Json::array({Json(hash)})}}).front().ok();
  seen.undecodable = log.find("ProcessMessages(block, ") != std::string::npos;
  if (holds(expectation, seen, hash)) return;
  throw AssertionError(fmt::format(
      "{}:{}: block {} is to be {}; {} {}, {} its header, and its tip {}", where.file_name(),
      where.line(), hash.to_string(), to_string(expectation), node_.name(),
      seen.undecodable ? "cannot read it"
      : seen.refusal   ? "refuses it (" + *seen.refusal + ")"
                       : "does not refuse it",
      seen.known ? "knows" : "does not know",
      seen.tip_after == seen.tip_before ? "stays" : "becomes " + seen.tip_after.to_string()));
}

void BlockDriver::await_verdict(p2p::Peer& sender, std::uint64_t mark) {
  // Either the block is refused, after which nothing is read of the peer, or the ping is.
  sender.send(p2p::Ping{});
  node_.wait_until(
      [&] {
        const std::string log = node_.log().since(mark);
        return logged_refusal(log) || log.find("received: ping") != std::string::npos;
      },
      "the block is dealt with");
}

void BlockDriver::finish() {
  for (p2p::Peer* peer : doomed_) peer->expect_disconnect();
  doomed_.clear();
}

void BlockDriver::feed(std::span<const p2p::Block> branch) {
  p2p::Peer& sender = peer();
  p2p::Headers announcement;
  for (const p2p::Block& block : branch) announcement.headers.push_back(block.header);
  sender.send(announcement);
  for (std::size_t given = 0; given < branch.size();) {
    for (const p2p::InvItem& item : sender.expect<p2p::GetData>(kGetDataBound).items) {
      const auto wanted = std::ranges::find(branch, item.hash, &p2p::Block::hash);
      if (wanted == branch.end()) continue;
      sender.send(p2p::BlockMessage{*wanted});
      ++given;
    }
  }
  sender.sync_with_ping();
}

}  // namespace noderig
