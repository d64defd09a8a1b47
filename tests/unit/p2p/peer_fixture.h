// What the tests of peers share: a fixture with a fake node, small messages, and a way to look at
// what a failed call says.
#pragma once

#include <gmock/gmock.h>

#include <noderig/p2p/messages/inv.h>
#include <noderig/p2p/peer.h>

#include "fake_node.h"

namespace noderig::p2p::test {

inline InvItem item(int n) {
  InvItem item;
  item.type = InvType::Tx;
  item.hash.wire()[0] = static_cast<std::byte>(n);
  return item;
}
inline Inv inv(int n) {
  return Inv{.items = {item(n)}};
}
inline int number(const Inv& message) {
  return static_cast<int>(message.items.at(0).hash.wire()[0]);
}

// What a failed call says; the kind must be right.
template <typename Call>
std::string failure(PeerError::Kind kind, Call call) {
  try {
    call();
  } catch (const PeerError& error) {
    EXPECT_EQ(to_string(error.kind()), to_string(kind)) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

class PeerTest : public testing::Test {
 protected:
  std::unique_ptr<Peer> connect(FakeNode& to, PeerOptions options = {}) {
    return Peer::connect(io_.io, "127.0.0.1", to.port(), std::move(options));
  }

  IoThread io_;
  FakeNode node_;
};

}  // namespace noderig::p2p::test
