// What a peer waits for and how, against an in-process node.
#include <noderig/p2p/messages/send_cmpct.h>
#include <noderig/p2p/messages/send_headers.h>

#include "peer_fixture.h"

namespace noderig::p2p::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Kind = PeerError::Kind;

class PeerWaitTest : public PeerTest {};

TEST_F(PeerWaitTest, GivesEachTypeInOrder) {
  const auto peer = connect(node_);
  node_.send(inv(1));
  node_.send(SendHeaders{});
  node_.send(inv(2));
  peer->expect<SendHeaders>();
  EXPECT_EQ(number(peer->expect<Inv>()), 1);
  EXPECT_EQ(number(peer->expect<Inv>()), 2);
}

TEST_F(PeerWaitTest, SkipsWhatDoesNotMatch) {
  const auto peer = connect(node_);
  for (const int n : {1, 2, 3}) node_.send(inv(n));
  EXPECT_EQ(number(peer->expect<Inv>([](const Inv& i) { return number(i) == 2; })), 2);
  EXPECT_EQ(number(peer->expect<Inv>()), 3);
  EXPECT_THAT(
      failure(Kind::Timeout, [&] { peer->expect<Inv>([](const Inv&) { return true; }, 1ms); }),
      HasSubstr("for inv that matches"));
}

// Loses sendheaders, repeats inv, and notes what is read.
class RecordingFilter : public InboundFilter {
 public:
  int arrives(std::size_t, RawMessage& message) override {
    const std::lock_guard lock(mutex_);
    came.push_back(message.command);
    return message.command == "sendheaders" ? 0 : message.command == "inv" ? 2 : 1;
  }
  void read(std::size_t position) override {
    const std::lock_guard lock(mutex_);
    positions.push_back(position);
  }

  std::vector<std::string> came;
  std::vector<std::size_t> positions;

 private:
  std::mutex mutex_;
};

TEST_F(PeerWaitTest, LetsAFilterLoseAndRepeatWhatIsNotThePeersOwn) {
  const auto filter = std::make_shared<RecordingFilter>();
  const auto peer = connect(node_, {.filter = filter});
  const std::size_t handshake = peer->mark().position;
  node_.send(inv(1));
  node_.send(SendHeaders{});
  peer->sync_with_ping();
  EXPECT_THAT(filter->came, testing::ElementsAre("inv", "sendheaders"));
  EXPECT_EQ(number(peer->expect<Inv>()), 1);
  EXPECT_EQ(number(peer->expect<Inv>()), 1);
  EXPECT_FALSE(peer->poll<SendHeaders>());
  EXPECT_THAT(filter->positions, testing::ElementsAre(handshake, handshake + 1));
}

TEST_F(PeerWaitTest, LooksFromACursorWithoutTaking) {
  const auto peer = connect(node_);
  node_.send(inv(1));
  peer->expect<Inv>();
  const Cursor mark = peer->mark();
  for (const int n : {2, 3}) node_.send(inv(n));
  EXPECT_EQ(number(peer->expect<Inv>([](const Inv& i) { return number(i) == 3; })), 3);

  EXPECT_EQ(number(peer->expect<Inv>(mark)), 2);
  EXPECT_EQ(number(peer->expect<Inv>(mark)), 2);
  EXPECT_EQ(number(peer->expect<Inv>(mark, [](const Inv& i) { return number(i) == 3; })), 3);
  EXPECT_EQ(peer->count<Inv>(mark), 2u);
  EXPECT_EQ(peer->count<Inv>(), 3u);
  EXPECT_EQ(peer->untaken<Inv>(), 0u);
  EXPECT_EQ(peer->received<Inv>(mark), (std::vector<Inv>{inv(2), inv(3)}));
  EXPECT_THAT(failure(Kind::Timeout, [&] { peer->expect<Inv>(peer->mark(), 1ms); }),
              HasSubstr("for inv from message"));
}

TEST_F(PeerWaitTest, TakesTheFirstOfSeveralTypes) {
  const auto peer = connect(node_);
  node_.send(SendHeaders{});
  node_.send(inv(1));
  EXPECT_EQ((peer->expect_any_of<Inv, SendHeaders>().index()), 1u);
  const auto second = peer->expect_any_of<Inv, SendHeaders>();
  EXPECT_EQ(number(std::get<Inv>(second)), 1);
  EXPECT_THAT(failure(Kind::Timeout, [&] { peer->expect_any_of<Inv, SendHeaders>(1ms); }),
              HasSubstr("for inv or sendheaders"));
}

TEST_F(PeerWaitTest, PollsAndDrains) {
  const auto peer = connect(node_);
  EXPECT_FALSE(peer->poll<Inv>());
  for (const int n : {1, 2, 3}) node_.send(inv(n));
  peer->sync_with_ping();
  EXPECT_EQ(peer->untaken<Inv>(), 3u);
  EXPECT_EQ(number(peer->poll<Inv>().value()), 1);
  EXPECT_EQ(peer->drain<Inv>(), (std::vector<Inv>{inv(2), inv(3)}));
  EXPECT_FALSE(peer->poll<Inv>());
}

TEST_F(PeerWaitTest, TakesUnknownCommandsRaw) {
  const auto peer = connect(node_);
  node_.send_raw("novelty", Bytes(2, std::byte{7}));
  const Received novelty = peer->expect_raw("novelty");
  EXPECT_EQ(*novelty.payload, Bytes(2, std::byte{7}));
  EXPECT_EQ(peer->messages_since(Cursor{novelty.position}).size(), 1u);
}

TEST_F(PeerWaitTest, WaitsForWhatComesLater) {
  const auto peer = connect(node_);
  node_.answer_with("sendheaders", frame(kRegtestMagic, inv(4)));
  std::thread other([&] { peer->send(SendHeaders{}); });
  EXPECT_EQ(number(peer->expect<Inv>()), 4);
  other.join();
}

TEST_F(PeerWaitTest, ExpectNoneIsABarrier) {
  const auto peer = connect(node_);
  peer->expect_none<Inv>();
  // Comes before the pong, so it must be seen although it is not there when the wait begins.
  node_.answer_with("ping", frame(kRegtestMagic, inv(5)));
  EXPECT_THAT(failure(Kind::Unexpected, [&] { peer->expect_none<Inv>(); }),
              HasSubstr("expected no inv, and it came: inv "));
  peer->expect<Inv>();
  node_.answer_with("", {});
  peer->expect_none<Inv>();
  EXPECT_THAT(failure(Kind::Unexpected, [&] { peer->expect_none<Inv>(Cursor{}); }),
              HasSubstr("expected no inv"));
  peer->expect_none<Inv>(peer->mark());
}

TEST_F(PeerWaitTest, ExpectNoneListens) {
  const auto peer = connect(node_);
  peer->expect_none<Inv>(1ms);
  node_.answer_with("pong", frame(kRegtestMagic, inv(6)));
  std::thread other([&] { peer->send(Pong{}); });
  EXPECT_THAT(failure(Kind::Unexpected, [&] { peer->expect_none<Inv>(20s); }), HasSubstr("inv"));
  other.join();
  peer->expect<Inv>();
  std::thread closer([&] { node_.close(); });
  failure(Kind::Disconnected, [&] { peer->expect_none<Inv>(20s); });
  closer.join();
}

TEST_F(PeerWaitTest, SyncsPongsOfItsOwnOnly) {
  const auto peer = connect(node_);
  for (int i = 0; i < 3; ++i) peer->sync_with_ping();
  EXPECT_EQ(peer->count<Pong>(), 0u);
  peer->send(Ping{.nonce = 0x1234567});
  EXPECT_EQ(peer->expect<Pong>().nonce, 0x1234567u);

  FakeNode rude(FakeNode::Behaviour{.answers_pings = false});
  const auto other = connect(rude);
  rude.answer_with("ping", frame(kRegtestMagic, Pong{.nonce = 0xbad}));
  EXPECT_THAT(failure(Kind::Timeout, [&] { other->sync_with_ping(50ms); }),
              HasSubstr("the pong to ping"));
  EXPECT_EQ(other->expect<Pong>().nonce, 0xbadu);
}

TEST_F(PeerWaitTest, TimeoutSaysWhatCameInstead) {
  const auto peer = connect(node_, {.name = "peer7"});
  EXPECT_THAT(failure(Kind::Timeout, [&] { peer->expect<SendCmpct>(1ms); }),
              testing::AllOf(StartsWith("peer7: waited 0.0 s for sendcmpct; no message came since "
                                        "the handshake")));
  node_.send(inv(1));
  peer->expect<Inv>();
  for (int n = 0; n < 14; ++n) node_.send(inv(n + 10));
  node_.send_raw("novelty", Bytes(2, std::byte{7}));
  peer->sync_with_ping();
  const std::string text = failure(Kind::Timeout, [&] { peer->expect<SendCmpct>(1ms); });
  EXPECT_THAT(text, HasSubstr("15 messages came since the last one taken, the last 8 are: inv "));
  EXPECT_THAT(text, HasSubstr(item(23).hash.to_string()));
  EXPECT_THAT(text, Not(HasSubstr(item(16).hash.to_string())));
  EXPECT_THAT(text, HasSubstr("novelty "));
}

TEST_F(PeerWaitTest, ScalesEveryBound) {
  // The bound of the connection too, which a busy machine takes a while to make.
  const auto peer =
      connect(node_, {.handshake = Handshake::None, .timeout = 1h, .timeout_factor = 0.0003});
  const auto few_seconds = testing::ContainsRegex("waited [0-9]{1,2}\\.[0-9] s");
  EXPECT_THAT(failure(Kind::Timeout, [&] { peer->expect<Inv>(); }), few_seconds);
  EXPECT_THAT(failure(Kind::Timeout, [&] { peer->expect<Inv>(10min); }), few_seconds);
}

TEST_F(PeerWaitTest, SaysWhatDoesNotDecode) {
  const auto peer = connect(node_);
  node_.send_raw("inv", Bytes(3, std::byte{5}));
  EXPECT_THAT(failure(Kind::Malformed, [&] { peer->expect<Inv>(); }),
              HasSubstr("inv of 3 bytes, does not decode: "));
  EXPECT_TRUE(peer->connected());
  EXPECT_FALSE(peer->poll<Inv>());  // it was taken
}

}  // namespace
}  // namespace noderig::p2p::test
