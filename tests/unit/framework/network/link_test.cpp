#include <gmock/gmock.h>
#include <noderig/framework/network/link.h>
#include <noderig/p2p/messages/fee_filter.h>
#include <noderig/p2p/peer.h>

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
  void connect(const LinkFaults& faults = {}) {
    link_ = std::make_unique<Link>(io_.io,
                                   LinkPlace{.host = "127.0.0.1",
                                             .port = free_port(),
                                             .target_host = "127.0.0.1",
                                             .target_port = node_.port(),
                                             .source = "127.0.0.1"},
                                   faults, 1);
    const auto port = static_cast<std::uint16_t>(
        std::stoi(link_->address().substr(link_->address().rfind(':') + 1)));
    peer_ = Peer::connect(io_.io, "127.0.0.1", port, {.timeout = 20s});
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
};

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
