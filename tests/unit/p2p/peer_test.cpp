// Peer against an in-process node: handshake, sending, ends, statistics, many at once.
#include <noderig/p2p/listener.h>
#include <noderig/p2p/messages/send_cmpct.h>
#include <noderig/p2p/messages/send_headers.h>

#include "peer_fixture.h"

namespace noderig::p2p::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Kind = PeerError::Kind;

// ---- Handshake

TEST_F(PeerTest, CompletesTheHandshakeAsOptionsSay) {
  const auto peer = connect(node_, {.bind_address = "127.0.0.9",
                                    .services = kNodeWitness,
                                    .user_agent = "/test/",
                                    .start_height = 7,
                                    .relay = false});
  EXPECT_TRUE(peer->connected());
  EXPECT_THAT(peer->local_address(), StartsWith("127.0.0.9:"));
  EXPECT_EQ(peer->remote_address(), "127.0.0.1:" + std::to_string(node_.port()));
  EXPECT_EQ(peer->node_version().user_agent, "/fake:1/");
  node_.wait_for("verack");
  EXPECT_THAT(node_.commands(), ElementsAre("version", "wtxidrelay", "sendaddrv2", "verack"));
  const auto version = decode_as<Version>(node_.wait_for("version").payload).value();
  EXPECT_EQ(version.version, 70016);
  EXPECT_EQ(version.services, kNodeWitness);
  EXPECT_EQ(version.user_agent, "/test/");
  EXPECT_EQ(version.start_height, 7);
  EXPECT_FALSE(version.relay);
  // The node's own part is there to be looked at.
  EXPECT_EQ(peer->count<WtxidRelay>(), 1u);
  EXPECT_EQ(peer->expect<Version>().user_agent, "/fake:1/");
}

TEST_F(PeerTest, LeavesOutFeaturesThatAreOff) {
  const auto peer = connect(node_, {.wtxidrelay = false, .sendaddrv2 = false});
  peer->sync_with_ping();
  EXPECT_THAT(node_.commands(), ElementsAre("version", "verack", "ping"));
}

TEST_F(PeerTest, SendsNoFeaturesToAnOldNode) {
  FakeNode old(FakeNode::Behaviour{.version = 70015});
  const auto peer = connect(old);
  peer->sync_with_ping();
  EXPECT_THAT(old.commands(), ElementsAre("version", "verack", "ping"));
}

TEST_F(PeerTest, LeavesVersionToTheScenario) {
  const auto peer = connect(node_, {.auto_version = false});
  EXPECT_THAT(failure(Kind::Unexpected, [&] { peer->node_version(); }),
              HasSubstr("version message has not come"));
  peer->send(SendHeaders{});
  peer->send(version_message("/own/"));
  peer->await_handshake();
  node_.wait_for("verack");
  EXPECT_THAT(node_.commands(),
              ElementsAre("sendheaders", "version", "wtxidrelay", "sendaddrv2", "verack"));
}

TEST_F(PeerTest, LeavesVerackToTheScenario) {
  const auto peer = connect(node_, {.auto_verack = false});
  peer->expect<Verack>();
  peer->sync_with_ping();
  EXPECT_THAT(node_.commands(), ElementsAre("version", "wtxidrelay", "sendaddrv2", "ping"));
  EXPECT_THAT(failure(Kind::Timeout, [&] { peer->await_handshake(1ms); }),
              HasSubstr("this side's verack"));
  peer->send(Verack{});
  peer->await_handshake();
}

TEST_F(PeerTest, ReturnsBeforeTheHandshakeWhenAsked) {
  FakeNode mute(FakeNode::Behaviour{.shakes_hands = false});
  const auto peer = connect(mute, {.handshake = Handshake::None});
  mute.wait_for("version");
  EXPECT_TRUE(peer->connected());
}

TEST_F(PeerTest, SaysWhatTheHandshakeLacks) {
  FakeNode mute(FakeNode::Behaviour{.shakes_hands = false});
  const auto first = connect(mute, {.name = "p1", .handshake = Handshake::None});
  EXPECT_THAT(failure(Kind::Timeout, [&] { first->await_handshake(1ms); }),
              StartsWith("p1: waited 0.0 s for the node's version; no message came"));

  FakeNode half(FakeNode::Behaviour{.sends_verack = false});
  const auto second = connect(half, {.handshake = Handshake::None});
  second->expect<SendAddrV2>();
  EXPECT_THAT(failure(Kind::Timeout, [&] { second->await_handshake(1ms); }),
              HasSubstr("for the node's verack; no message came since the last one taken"));
}

TEST_F(PeerTest, SaysWhyThereIsNoConnection) {
  std::uint16_t free_port = 0;
  { free_port = FakeNode().port(); }
  EXPECT_THAT(failure(Kind::Connect, [&] { Peer::connect(io_.io, "127.0.0.1", free_port); }),
              HasSubstr("cannot connect to 127.0.0.1:" + std::to_string(free_port)));
  EXPECT_THAT(failure(Kind::Connect, [&] { Peer::connect(io_.io, "nowhere", 1); }),
              HasSubstr("'nowhere' is no IP address"));
  EXPECT_THAT(failure(Kind::Connect, [&] { connect(node_, {.bind_address = "192.0.2.1"}); }),
              HasSubstr("binding to 192.0.2.1"));
}

TEST_F(PeerTest, EndsAtABrokenVersionMessage) {
  FakeNode mute(FakeNode::Behaviour{.shakes_hands = false});
  mute.answer_with("version", frame(kRegtestMagic, "version", Bytes(3)));
  EXPECT_THAT(failure(Kind::Malformed, [&] { connect(mute); }),
              HasSubstr("in the version message"));
}

// ---- Sending

TEST_F(PeerTest, SendsRawFramedAndSharedMessages) {
  const auto peer = connect(node_);
  const auto second = connect(node_);
  const auto shared = std::make_shared<const Bytes>(frame(kRegtestMagic, inv(8)));
  const std::vector<std::shared_ptr<const Bytes>> frames(3, shared);
  EXPECT_TRUE(peer->send_raw("novelty", Bytes(4)));
  EXPECT_TRUE(peer->send(RawMessage{"another", Bytes(5)}));
  EXPECT_TRUE(peer->send_framed(frames));
  EXPECT_TRUE(second->send_framed(shared));
  EXPECT_EQ(node_.wait_for("novelty").payload, Bytes(4));
  EXPECT_EQ(node_.wait_for("another").payload, Bytes(5));
  EXPECT_EQ(node_.wait_for("inv", 3).payload, encode_of(inv(8)));
  EXPECT_EQ(peer->stats().sent_by_command.at("inv"), (Traffic{3, 3 * shared->size()}));
  EXPECT_THROW(peer->send_raw("thirteenchars", {}), std::invalid_argument);
  EXPECT_THROW(peer->send_framed(std::make_shared<const Bytes>(3)), std::invalid_argument);
}

TEST_F(PeerTest, SendsBytesAsTheyAre) {
  const auto peer = connect(node_);
  const Bytes whole = frame(kRegtestMagic, inv(9));
  peer->send_bytes(ByteSpan(whole).first(10));
  peer->send_bytes(ByteSpan(whole).subspan(10));
  EXPECT_EQ(node_.wait_for("inv").payload, encode_of(inv(9)));
}

TEST_F(PeerTest, KeepsOrderAcrossManySmallAndLargeSends) {
  const auto peer = connect(node_, {.send_queue_bytes = 100'000});
  for (int n = 0; n < 300; ++n) {
    peer->send_raw(n % 2 ? "odd" : "even", Bytes(n % 7 == 0 ? 30'000 : n, std::byte{1}));
  }
  peer->sync_with_ping();
  for (std::size_t n = 0; n < 150; ++n) {
    EXPECT_EQ(node_.wait_for("even", n).payload.size(), (2 * n) % 7 == 0 ? 30'000 : 2 * n);
  }
}

TEST_F(PeerTest, ContinuesAfterPartialWrites) {
  const auto peer = connect(node_);
  peer->sync_with_ping();
  node_.set_reading(false);
  for (int n = 0; n < 30; ++n) peer->send_raw("bulk", Bytes(1'000'000, std::byte{7}));
  node_.set_reading(true);
  peer->sync_with_ping();  // a frame with a gap would have no right checksum
  node_.wait_for("bulk", 29);
  EXPECT_EQ(peer->stats().sent_by_command.at("bulk").messages, 30u);
}

TEST_F(PeerTest, BlocksOnAFullQueueAndFlushes) {
  const auto peer = connect(
      node_, {.handshake = Handshake::None, .timeout = 100ms, .send_queue_bytes = 1'000'000});
  peer->await_handshake(20s);
  peer->sync_with_ping(20s);
  peer->flush(20s);
  node_.set_reading(false);
  // More than the sockets' buffers and the queue can hold.
  const std::string text = failure(Kind::Timeout, [&] {
    for (int i = 0; i < 1000; ++i) peer->send_raw("bulk", Bytes(1'000'000));
  });
  EXPECT_THAT(text, HasSubstr("for room to send, with "));
  EXPECT_THAT(failure(Kind::Timeout, [&] { peer->flush(1ms); }), HasSubstr("bytes to be sent"));
}

TEST_F(PeerTest, FailingWaitsSayWhereTheyStandAndWhatTheyAre) {
  std::vector<std::string> waits;
  std::weak_ptr<int> mark;
  const auto peer = connect(node_, {.on_wait = [&](const std::string& what) {
                              waits.push_back(what);
                              const auto held = std::make_shared<int>();
                              mark = held;
                              return held;
                            }});
  waits.clear();
  const auto line = std::to_string(__LINE__ + 1);
  EXPECT_THAT(failure(Kind::Timeout, [&] { peer->expect<Inv>(1ms); }),
              HasSubstr(" at p2p/peer_test.cpp:" + line));
  EXPECT_THAT(waits, ElementsAre("peer: waits for inv at p2p/peer_test.cpp:" + line));
  EXPECT_TRUE(mark.expired()) << "the wait has ended, and its mark was not given back";
}

TEST_F(PeerTest, AnswersPingsUnlessToldNotTo) {
  const auto peer = connect(node_);
  node_.send(Ping{.nonce = 42});
  EXPECT_EQ(decode_as<Pong>(node_.wait_for("pong").payload).value().nonce, 42u);
  EXPECT_EQ(peer->expect<Ping>().nonce, 42u);

  FakeNode other;
  const auto silent = connect(other, {.auto_pong = false});
  other.send(Ping{.nonce = 42});
  silent->expect<Ping>();
  silent->sync_with_ping();
  EXPECT_THAT(other.commands(), Not(testing::Contains("pong")));
}

// ---- The end of a connection

TEST_F(PeerTest, NoticesThatTheNodeDisconnects) {
  for (const bool reset : {false, true}) {
    const auto peer = connect(node_);
    node_.send(inv(1));
    node_.close(reset);
    if (!reset) peer->expect<Inv>();  // what came before the end is still there
    EXPECT_THAT(failure(Kind::Disconnected, [&] { peer->expect<SendCmpct>(); }),
                HasSubstr("the node closed the connection"));
    EXPECT_TRUE(peer->disconnected_by_node());
    EXPECT_TRUE(peer->dropped_unexpectedly());
    EXPECT_FALSE(peer->connected());
    EXPECT_FALSE(peer->send(inv(2)));
    failure(Kind::Disconnected, [&] { peer->flush(); });
    peer->expect_disconnect();
    EXPECT_FALSE(peer->dropped_unexpectedly());
    EXPECT_TRUE(peer->disconnected_by_node());
  }
}

TEST_F(PeerTest, ExpectDisconnectFailsWhileConnected) {
  const auto peer = connect(node_);
  EXPECT_THAT(failure(Kind::Timeout, [&] { peer->expect_disconnect(1ms); }),
              HasSubstr("for the node to disconnect"));
  node_.close();
  failure(Kind::Disconnected, [&] { peer->expect<Inv>(); });
  EXPECT_TRUE(peer->dropped_unexpectedly());  // the wait that failed has not excused it
}

TEST_F(PeerTest, DisconnectSendsWhatIsQueuedFirst) {
  const auto peer = connect(node_);
  for (int n = 0; n < 50; ++n) peer->send_raw("bulk", Bytes(100'000));
  peer->disconnect();
  EXPECT_FALSE(peer->connected());
  EXPECT_FALSE(peer->disconnected_by_node());
  EXPECT_FALSE(peer->dropped_unexpectedly());
  node_.wait_for("bulk", 49);
  node_.wait_for_close();
  EXPECT_THAT(failure(Kind::Disconnected, [&] { peer->send(inv(1)); }),
              HasSubstr("sending after disconnect()"));
  EXPECT_THAT(failure(Kind::Disconnected, [&] { peer->expect_disconnect(); }),
              HasSubstr("closed on this side"));
}

TEST_F(PeerTest, DisconnectCutsOffANodeThatDoesNotRead) {
  const auto peer = connect(node_, {.send_queue_bytes = 100'000'000});
  peer->sync_with_ping();
  node_.set_reading(false);
  for (int n = 0; n < 50; ++n) peer->send_raw("bulk", Bytes(1'000'000));
  peer->disconnect(20ms);
  EXPECT_FALSE(peer->connected());
  EXPECT_FALSE(peer->dropped_unexpectedly());
}

TEST_F(PeerTest, DestructorClosesTheConnection) {
  connect(node_).reset();
  node_.wait_for_close();
}

TEST_F(PeerTest, DestructorWorksAfterTheIoContextWasStopped) {
  IoThread io;
  auto peer = Peer::connect(io.io, "127.0.0.1", node_.port());
  auto second = Peer::connect(io.io, "127.0.0.1", node_.port());
  Listener listener(io.io, "127.0.0.1");
  io.stop();
  peer->send(inv(1));
  failure(Kind::Timeout,
          [&] { Peer::connect(io.io, "127.0.0.1", node_.port(), {.timeout = 1ms}); });
  peer.reset();
  node_.wait_for_close();
}

TEST_F(PeerTest, BrokenFramesEndTheConnection) {
  const auto peer = connect(node_);
  node_.send(inv(1));
  node_.send_bytes(broken_frame(kRegtestMagic, "inv", encode_of(inv(2)), {.checksum = Checksum{}}));
  EXPECT_THAT(failure(Kind::Malformed, [&] { peer->expect<SendCmpct>(); }),
              testing::AllOf(HasSubstr("the node sent what is no message"), HasSubstr("checksum")));
  EXPECT_EQ(number(peer->expect<Inv>()), 1);
  EXPECT_TRUE(peer->dropped_unexpectedly());
  EXPECT_FALSE(peer->disconnected_by_node());
  failure(Kind::Malformed, [&] { peer->expect_disconnect(); });
  EXPECT_TRUE(peer->dropped_unexpectedly());
  node_.wait_for_close();
}

TEST_F(PeerTest, InterruptEndsAllWaits) {
  const auto peer = connect(node_);
  std::vector<std::thread> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.emplace_back([&] {
      EXPECT_THAT(failure(Kind::Interrupted, [&] { peer->expect<SendCmpct>(); }),
                  HasSubstr("interrupted (time is up) while waiting for sendcmpct"));
    });
  }
  peer->interrupt("time is up");
  for (std::thread& thread : waiting) thread.join();
  failure(Kind::Interrupted, [&] { peer->sync_with_ping(); });
  failure(Kind::Interrupted, [&] { peer->expect<Verack>(); });
  failure(Kind::Interrupted, [&] { peer->expect_disconnect(); });
}

// ---- Statistics and trace

TEST_F(PeerTest, CountsTraffic) {
  const auto peer = connect(node_, {.wtxidrelay = false, .sendaddrv2 = false});
  node_.send(inv(1));
  node_.send(inv(2));
  peer->sync_with_ping();
  const PeerStats stats = peer->stats();
  EXPECT_EQ(stats.received_by_command.at("inv"), (Traffic{2, 2 * (24 + 37)}));
  EXPECT_EQ(stats.received_by_command.at("pong"), (Traffic{1, 24 + 8}));
  EXPECT_EQ(stats.sent_by_command.at("verack"), (Traffic{1, 24}));
  EXPECT_EQ(stats.sent.messages, 3u);  // version, verack, ping
  EXPECT_EQ(stats.received.messages, 4u + 2 + 1);
}

TEST_F(PeerTest, TracesBothDirectionsAndNeverAfterItsEnd) {
  std::mutex mutex;
  std::vector<std::string> lines;
  std::atomic<bool> gone = false;
  auto peer = connect(node_, {.name = "p", .trace = [&](const TraceEvent& event) {
                                EXPECT_FALSE(gone);
                                const std::lock_guard lock(mutex);
                                EXPECT_EQ(event.peer, "p");
                                if (event.what == TraceEvent::What::Opened) {
                                  lines.push_back(event.local_address.starts_with("127.0.0.1:") &&
                                                          event.remote_address.ends_with(
                                                              std::to_string(node_.port()))
                                                      ? "opened"
                                                      : "ends?");
                                }
                                if (event.what == TraceEvent::What::Closed) {
                                  lines.push_back("closed: " + std::string(event.reason));
                                }
                                if (event.what != TraceEvent::What::MessagePassed) return;
                                const bool sent = event.direction == Direction::Sent;
                                lines.push_back((sent ? ">" : "<") + std::string(event.command) +
                                                " " + std::to_string(event.payload.size()));
                              }});
  peer->sync_with_ping();
  peer->send_framed(std::make_shared<const Bytes>(frame(kRegtestMagic, inv(3))));
  peer->send_bytes(Bytes(5));
  {
    const std::lock_guard lock(mutex);
    ASSERT_EQ(lines.size(), 13u);
    EXPECT_THAT(lines[0], StartsWith(">version "));
    EXPECT_EQ(lines[1], "opened");
    EXPECT_THAT(lines[2], StartsWith("<version "));
    EXPECT_THAT(std::vector(lines.begin() + 3, lines.begin() + 6),
                ElementsAre(">wtxidrelay 0", ">sendaddrv2 0", ">verack 0"));
    EXPECT_THAT(std::vector(lines.begin() + 6, lines.end()),
                ElementsAre("<wtxidrelay 0", "<sendaddrv2 0", "<verack 0", ">ping 8", "<pong 8",
                            ">inv 37", ">(bytes) 5"));
  }
  for (int n = 0; n < 100; ++n) node_.send(inv(n));
  peer.reset();
  gone = true;
  EXPECT_EQ(lines.back(), "closed: the peer was dropped");
}

// ---- Many peers

TEST_F(PeerTest, TwentyPeersAtOnceLoseNothing) {
  constexpr int kPeers = 20;
  constexpr std::uint64_t kMessages = 1000;
  std::vector<std::thread> scenarios;
  for (int i = 0; i < kPeers; ++i) {
    scenarios.emplace_back([&] {
      const auto peer = connect(node_);
      for (std::uint64_t n = 1; n <= kMessages; ++n) peer->send(Ping{.nonce = n << 32});
      for (std::uint64_t n = 1; n <= kMessages; ++n) EXPECT_EQ(peer->expect<Pong>().nonce, n << 32);
      peer->disconnect();
    });
  }
  for (std::thread& scenario : scenarios) scenario.join();
}

}  // namespace
}  // namespace noderig::p2p::test
