#include <fmt/format.h>
#include <noderig/p2p/block_relay.h>
#include <noderig/p2p/messages/registry.h>
#include <algorithm>
#include <ostream>

namespace noderig::p2p {
namespace {

bool tells_of(const Inv& inv, const Uint256& block) {
  return std::ranges::any_of(inv.items, [&](const InvItem& item) {
    return item.type == InvType::Block && item.hash == block;
  });
}

bool tells_of(const Headers& headers, const Uint256& block) {
  return std::ranges::any_of(headers.headers,
                             [&](const BlockHeader& header) { return header.hash() == block; });
}

bool tells_of(const CmpctBlock& compact, const Uint256& block) {
  return compact.block.hash() == block;
}

}  // namespace

std::string_view to_string(Announcement form) {
  switch (form) {
    case Announcement::ByInv:
      return Inv::kCommand;
    case Announcement::ByHeaders:
      return Headers::kCommand;
    case Announcement::ByCmpctBlock:
      return CmpctBlock::kCommand;
  }
  return "unknown";
}

std::ostream& operator<<(std::ostream& out, Announcement form) {
  return out << to_string(form);
}

Announcement expect_announcement(Peer& peer, const Uint256& block, Bound bound) {
  while (true) {
    const auto message = peer.expect_any_of<Inv, Headers, CmpctBlock>(bound);
    if (std::visit([&](const auto& one) { return tells_of(one, block); }, message)) {
      return static_cast<Announcement>(message.index());
    }
  }
}

void expect_no_announcement(Peer& peer) {
  // A node answers a ping before it looks at what it has to send by itself; it does both in turn,
  // so behind the second pong nothing is due any more.
  peer.sync_with_ping();
  peer.expect_none<CmpctBlock>();
  for (const Inv& inv : peer.drain<Inv>()) {
    for (const InvItem& item : inv.items) {
      if (item.type == InvType::Block) {
        throw PeerError(PeerError::Kind::Unexpected,
                        peer.name() + " was told of " + item.to_string());
      }
    }
  }
  peer.expect_none<Headers>();
}

InvType expect_block_request(Peer& peer, const Uint256& block, Bound bound) {
  InvType form = InvType::Error;
  peer.expect<GetData>(
      [&](const GetData& request) {
        const auto item = std::ranges::find(request.items, block, &InvItem::hash);
        if (item == request.items.end()) return false;
        form = item->type;
        return true;
      },
      bound);
  return form;
}

void answer_first_getheaders(Peer& peer) {
  peer.expect<GetHeaders>();
  peer.send(Headers{});
  peer.sync_with_ping();
}

void learn_chain(Peer& peer, const Uint256& tip) {
  peer.send(GetHeaders{.locator = {.hashes = {tip}}, .stop_hash = {}});
  const Headers beyond = peer.expect<Headers>();
  if (!beyond.headers.empty()) {
    throw PeerError(PeerError::Kind::Unexpected,
                    fmt::format("{} was to learn that {} is the node's tip, and got {} headers",
                                peer.name(), tip.to_string(), beyond.headers.size()));
  }
  peer.expect_none<Headers>();
}

}  // namespace noderig::p2p
