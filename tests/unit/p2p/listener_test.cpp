// Listener against an in-process node that connects to it.
#include <noderig/p2p/listener.h>

#include "peer_fixture.h"

namespace noderig::p2p::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Kind = PeerError::Kind;

class ListenerTest : public PeerTest {};

TEST_F(ListenerTest, AcceptsANode) {
  Listener listener(io_.io, "127.0.0.1");
  EXPECT_EQ(listener.address(), "127.0.0.1:" + std::to_string(listener.port()));
  node_.connect_to(listener.port(), false);
  const auto peer = listener.accept({.name = "out"});
  EXPECT_EQ(peer->name(), "out");
  peer->sync_with_ping();
  EXPECT_THAT(node_.commands(),
              ElementsAre("version", "wtxidrelay", "sendaddrv2", "verack", "ping"));
}

TEST_F(ListenerTest, AcceptsANodeThatTriesV2First) {
  Listener listener(io_.io, "127.0.0.1");
  node_.connect_to(listener.port(), true);
  listener.accept()->sync_with_ping();
}

TEST_F(ListenerTest, AcceptLeavesVersionToTheScenario) {
  Listener listener(io_.io, "127.0.0.1");
  node_.connect_to(listener.port(), false);
  const auto peer = listener.accept({.auto_version = false});
  peer->expect<Version>();
  EXPECT_THAT(node_.commands(), ElementsAre());
  peer->send(version_message("/own/"));
  peer->await_handshake();
}

TEST_F(ListenerTest, AcceptSaysWhatItWaitedFor) {
  Listener listener(io_.io, "127.0.0.1");
  EXPECT_THAT(failure(Kind::Timeout, [&] { listener.accept({.name = "out"}, 1ms); }),
              testing::AllOf(StartsWith("out: waited 0.0 s for a connection to 127.0.0.1:"),
                             HasSubstr("0 came that")));
  EXPECT_THAT(failure(Kind::Connect, [&] { Listener(io_.io, "127.0.0.1", listener.port()); }),
              HasSubstr("cannot listen on 127.0.0.1:"));
  std::thread other([&] { listener.interrupt("time is up"); });
  EXPECT_THAT(failure(Kind::Interrupted, [&] { listener.accept(); }), HasSubstr("time is up"));
  other.join();
}

}  // namespace
}  // namespace noderig::p2p::test
