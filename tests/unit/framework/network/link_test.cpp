#include <gmock/gmock.h>
#include <noderig/framework/network/link.h>
#include <noderig/p2p/messages/fee_filter.h>
#include <noderig/p2p/peer.h>
#include <noderig/p2p/primitives/serialize.h>
#include <algorithm>
#include <functional>

#include "../../p2p/fake_node.h"

namespace noderig {
namespace {

using namespace std::chrono_literals;
using p2p::FeeFilter;
using p2p::Peer;
using p2p::PeerError;

FeeFilter fee(int satoshi) {
  FeeFilter message;
  message.fee_rate = Amount::sat(satoshi);
  return message;
}

// A peer that is connected to a fake node through a link.
class LinkTest : public testing::Test {
 protected:
  void connect(const LinkFaults& faults = {}, std::uint64_t seed = 1) {
    make_link(faults, seed);
    peer_ = connect_peer();
  }

  void make_link(const LinkFaults& faults, std::uint64_t seed) {
    link_ = std::make_unique<Link>(io_.io,
                                   LinkPlace{.host = "127.0.0.1",
                                             .port = free_port(),
                                             .target_host = "127.0.0.1",
                                             .target_port = node_.port(),
                                             .source = "127.0.0.1"},
                                   faults, seed);
  }

  std::unique_ptr<Peer> connect_peer(p2p::Handshake handshake = p2p::Handshake::Complete) {
    const auto port = static_cast<std::uint16_t>(
        std::stoi(link_->address().substr(link_->address().rfind(':') + 1)));
    return Peer::connect(io_.io, "127.0.0.1", port, {.handshake = handshake, .timeout = 20s});
  }

  // Waits until the link has dealt with all that was there for it before. Forth is open.
  void settle() {
    peer_->send(fee(++settled_));
    node_.wait_for("feefilter", static_cast<std::size_t>(settled_ - 1));
  }

  // A port that was free a moment ago.
  std::uint16_t free_port() {
    boost::asio::ip::tcp::acceptor probe(io_.io, {boost::asio::ip::address_v4::loopback(), 0});
    return probe.local_endpoint().port();
  }

  p2p::test::IoThread io_;
  p2p::test::FakeNode node_;
  std::unique_ptr<Link> link_;
  std::unique_ptr<Peer> peer_;
  int settled_ = 0;
};

// Which of sixty messages get through a link that loses half of them.
class LossTest : public LinkTest {
 protected:
  static constexpr int kMessages = 60;

  void make(LinkFaults faults = {}, std::uint64_t seed = 1) {
    faults.lose = 0.5;
    faults.commands = {"feefilter"};
    make_link(faults, seed);
  }

  // Their numbers, of those that `peer` sends; `between` happens after each.
  std::vector<int> survivors(
      Peer& peer, const std::function<void()>& between = [] {}) {
    const std::size_t before = received();
    for (int i = 0; i < kMessages; ++i) {
      peer.send(fee(i));
      between();
    }
    peer.sync_with_ping();
    std::vector<int> numbers;
    for (std::size_t n = before, end = received(); n < end; ++n) {
      const auto message = p2p::decode_as<FeeFilter>(node_.wait_for("feefilter", n).payload);
      const auto number = static_cast<int>(message->fee_rate.satoshi());
      if (number < kMessages) numbers.push_back(number);
    }
    return numbers;
  }

 private:
  std::size_t received() {
    return static_cast<std::size_t>(std::ranges::count(node_.commands(), "feefilter"));
  }
};

TEST_F(LossTest, IsTheSameWhateverElsePasses) {
  make();
  const std::vector<int> alone = survivors(*connect_peer());
  EXPECT_GT(alone.size(), 0U);
  EXPECT_LT(alone.size(), static_cast<std::size_t>(kMessages));

  // Cut into pieces, repeated, and beside another connection and the other way.
  make({.jitter = 1ms, .fragment = 3, .repeat = 0.1});
  const auto peer = connect_peer();
  const auto other = connect_peer();
  std::vector<int> beside = survivors(*peer, [&] {
    other->send(fee(kMessages));
    node_.send(fee(kMessages));
  });
  const auto repeated = std::ranges::unique(beside);
  beside.erase(repeated.begin(), repeated.end());
  EXPECT_EQ(beside, alone);
}

TEST_F(LossTest, IsAnotherForEachConnectionAndSeed) {
  make();
  const auto first = connect_peer();
  const auto second = connect_peer();
  const std::vector<int> of_first = survivors(*first);
  EXPECT_NE(survivors(*second), of_first);
  make({}, 2);
  EXPECT_NE(survivors(*connect_peer()), of_first);
}

TEST_F(LinkTest, PassesMessagesBothWays) {
  connect();
  node_.send(fee(7));
  EXPECT_EQ(peer_->expect<FeeFilter>(), fee(7));
  peer_->send(fee(8));
  EXPECT_EQ(node_.wait_for("feefilter").payload, p2p::encode_of(fee(8)));
  EXPECT_EQ(link_->connections(), 1U);
  EXPECT_EQ(link_->traffic(Way::Back).passed_by_command.at("feefilter"), 1U);
  EXPECT_EQ(link_->onward_addresses().size(), 1U);
}

TEST_F(LinkTest, CutsIntoSmallWrites) {
  connect({.fragment = 1});
  peer_->sync_with_ping();
  const LinkTraffic forth = link_->traffic(Way::Forth);
  EXPECT_GE(forth.writes, forth.passed * p2p::kFrameHeaderSize);
}

TEST_F(LinkTest, LosesTheNamedMessagesOnly) {
  connect({.lose = 1, .commands = {"feefilter"}});
  node_.send(fee(7));
  peer_->sync_with_ping();
  EXPECT_EQ(peer_->count<FeeFilter>(), 0U);
  EXPECT_EQ(link_->traffic(Way::Back).lost, 1U);
  link_->set_faults({});
  node_.send(fee(8));
  EXPECT_EQ(peer_->expect<FeeFilter>(), fee(8));
}

TEST_F(LinkTest, LeavesTheHandshakeAloneUnlessItIsNamed) {
  connect({.lose = 1});
  EXPECT_TRUE(peer_->connected());
  node_.wait_for("verack");  // what the peer sent before it has been through the link
  EXPECT_GT(link_->traffic(Way::Forth).lost, 0U) << "wtxidrelay";
}

TEST_F(LinkTest, RepeatsMessages) {
  connect({.repeat = 1});
  node_.send(fee(7));
  peer_->sync_with_ping();
  EXPECT_EQ(peer_->expect<FeeFilter>(), fee(7));
  EXPECT_EQ(peer_->expect<FeeFilter>(), fee(7));
  EXPECT_EQ(link_->traffic(Way::Back).passed_by_command.at("version"), 1U);
}

TEST_F(LinkTest, DelaysMessages) {
  connect({.delay = 20ms});
  const auto begin = std::chrono::steady_clock::now();
  peer_->sync_with_ping();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 40ms);
}

TEST_F(LinkTest, KeepsInOrderWhatAPartitionHoldsBack) {
  connect();
  link_->partition(Way::Back);
  node_.send(fee(7));
  node_.send(fee(8));
  peer_->send(fee(9));
  node_.wait_for("feefilter");  // the other way is open
  EXPECT_EQ(peer_->count<FeeFilter>(), 0U);
  link_->heal();
  EXPECT_EQ(peer_->expect<FeeFilter>(), fee(7));
  EXPECT_EQ(peer_->expect<FeeFilter>(), fee(8));
}

TEST_F(LinkTest, HoldsBackTheEndOfAConnectionToo) {
  connect();
  link_->partition(Way::Back);
  node_.close();
  // Shakes hands after that, by the same threads.
  const auto direct = Peer::connect(io_.io, "127.0.0.1", node_.port(), {.timeout = 20s});
  EXPECT_TRUE(peer_->connected());
  // The first message finds that nobody listens any more, the next one cannot be sent.
  for (int i = 0; i < 2; ++i) {
    peer_->send(fee(7));
    peer_->flush();
    direct->sync_with_ping();
  }
  EXPECT_TRUE(peer_->connected());
  link_->heal();
  peer_->expect_disconnect();
}

TEST_F(LinkTest, HoldsBackThatASideIsTurnedAway) {
  connect();
  link_->partition(Way::Forth);
  peer_->send_bytes(Bytes(64, std::byte{0x5a}));
  peer_->flush();
  node_.send(fee(8));
  peer_->expect<FeeFilter>();
  EXPECT_TRUE(peer_->connected());
  link_->heal();
  peer_->expect_disconnect();
  node_.wait_for_close();
}

TEST_F(LinkTest, LetsNobodyThroughToTheNodeDuringAPartition) {
  connect();
  link_->partition(Way::Back);
  const auto late = connect_peer(p2p::Handshake::None);
  settle();
  EXPECT_EQ(link_->connections(), 1U);
  link_->heal(Way::Back);
  late->await_handshake();
  EXPECT_EQ(link_->connections(), 2U);
}

TEST_F(LinkTest, CutsOffThoseWhoWaitForTheEndOfAPartition) {
  connect();
  link_->partition(Way::Back);
  const auto late = connect_peer(p2p::Handshake::None);
  settle();
  link_->cut();
  late->expect_disconnect();
  link_->heal();
  EXPECT_EQ(link_->connections(), 0U);
}

TEST_F(LinkTest, KnowsWhetherAllGetsThrough) {
  connect({.delay = 1ms, .repeat = 1});
  EXPECT_TRUE(link_->passes_all());
  link_->partition(Way::Back);
  EXPECT_FALSE(link_->passes_all());
  link_->heal();
  EXPECT_TRUE(link_->passes_all());
  link_->set_faults({.lose = 0.1, .commands = {"inv"}}, Way::Forth);
  EXPECT_FALSE(link_->passes_all());
}

TEST_F(LinkTest, CutsItsConnections) {
  connect();
  link_->cut();
  peer_->expect_disconnect();
  node_.wait_for_close();
  EXPECT_EQ(link_->connections(), 0U);
}

TEST_F(LinkTest, HalfClosesAfterWhatIsOnItsWay) {
  connect();
  link_->partition(Way::Forth);
  peer_->send(fee(7));
  peer_->flush();
  node_.send(fee(8));
  peer_->expect<FeeFilter>();  // by now the link has taken in what was sent before
  link_->half_close(Way::Forth);
  link_->heal();
  node_.wait_for("feefilter");
  node_.wait_for_close();
}

TEST_F(LinkTest, GoesWithItsConnections) {
  connect();
  link_.reset();
  peer_->expect_disconnect();
  node_.wait_for_close();
}

TEST_F(LinkTest, TurnsAwayWhatIsNotV1) {
  connect();
  peer_->send_bytes(Bytes(64, std::byte{0x5a}));
  peer_->expect_disconnect();
  node_.wait_for_close();
}

}  // namespace
}  // namespace noderig
