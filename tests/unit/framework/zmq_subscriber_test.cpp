// The ZMQ subscriber beside a publisher of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <noderig/framework/zmq_subscriber.h>
#include <thread>
#include <zmq.hpp>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Numbers each topic's messages, as nodes do.
class Publisher {
 public:
  Publisher() {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.bind("tcp://127.0.0.1:*");
  }

  std::string endpoint() { return socket_.get(zmq::sockopt::last_endpoint); }

  void publish(const std::string& topic, const Bytes& body) {
    publish_as(topic, body, numbers_[topic]++);
  }

  void publish_as(const std::string& topic, const Bytes& body, std::uint32_t number) {
    socket_.send(zmq::buffer(topic), zmq::send_flags::sndmore);
    socket_.send(zmq::buffer(body), zmq::send_flags::sndmore);
    socket_.send(zmq::buffer(&number, sizeof number), zmq::send_flags::none);
  }

  void connect_block(const BuiltBlock& block) {
    publish("hashblock", printed(block.hash()));
    publish("hashtx", printed(block.coinbase().txid()));
    publish("rawblock", block.encoded());
    publish("rawtx", p2p::encode_of(block.coinbase()));
    Bytes event = printed(block.hash());
    event.push_back(std::byte{'C'});
    publish("sequence", event);
  }

  static Bytes printed(const Uint256& hash) { return bytes_from_hex(hash.to_string()); }

 private:
  zmq::context_t context_;
  zmq::socket_t socket_{context_, zmq::socket_type::pub};
  std::map<std::string, std::uint32_t> numbers_;
};

class ZmqSubscriberTest : public testing::Test {
 protected:
  ZmqSubscriberOptions options(std::vector<std::string> topics) {
    return {.endpoint = publisher_.endpoint(), .topics = std::move(topics), .timeout = 20s};
  }

  void sync(ZmqSubscriber& subscriber) {
    subscriber.sync([this] {
      const BuiltBlock block = chain_.mine();
      publisher_.connect_block(block);
      return block;
    });
  }

  Publisher publisher_;
  ChainBuilder chain_;
};

ZmqError::Kind kind_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const ZmqError& error) {
    return error.kind();
  }
  throw std::logic_error("nothing was thrown");
}

TEST_F(ZmqSubscriberTest, SyncDropsWhatCameBeforeAndKeepsAllThatComesAfter) {
  ZmqSubscriber subscriber(options({"hashblock", "hashtx", "rawblock", "rawtx", "sequence"}));
  sync(subscriber);
  EXPECT_EQ(subscriber.untaken().size(), 0U);
  const BuiltBlock block = chain_.mine();
  publisher_.connect_block(block);
  EXPECT_EQ(subscriber.expect("rawtx").transaction(), block.coinbase());
  EXPECT_EQ(subscriber.expect("hashblock").hash(), block.hash());
  EXPECT_EQ(subscriber.expect().hash(), block.coinbase().txid());
  EXPECT_EQ(subscriber.expect("rawblock").block(), block.block());
  EXPECT_EQ(subscriber.expect_sequence(1).at(0), SequenceEvent::connected(block.hash()));
  EXPECT_EQ(subscriber.untaken().size(), 0U);
}

TEST_F(ZmqSubscriberTest, ReadsEventsOfTransactions) {
  ZmqSubscriber subscriber(options({"sequence"}));
  sync(subscriber);
  Bytes event = Publisher::printed(chain_.tip());
  event.push_back(std::byte{'R'});
  for (const int byte : {2, 1, 0, 0, 0, 0, 0, 0}) event.push_back(static_cast<std::byte>(byte));
  publisher_.publish("sequence", event);
  const SequenceEvent read = subscriber.expect("sequence").sequence_event();
  EXPECT_EQ(read, SequenceEvent::removed(chain_.tip(), 258));
  EXPECT_EQ(read.to_string(), "R 258 " + chain_.tip().to_string());
}

TEST_F(ZmqSubscriberTest, NoticesALostNotification) {
  ZmqSubscriber subscriber(options({"hashblock"}));
  sync(subscriber);
  publisher_.publish_as("hashblock", Bytes(32), 1000);
  EXPECT_EQ(kind_of([&] { subscriber.expect("hashblock"); }), ZmqError::Kind::Lost);
}

TEST_F(ZmqSubscriberTest, AllowsGapsWhenToldTo) {
  ZmqSubscriberOptions allowing = options({"hashblock"});
  allowing.allow_gaps = true;
  ZmqSubscriber subscriber(allowing);
  sync(subscriber);
  publisher_.publish_as("hashblock", Bytes(32), 1000);
  EXPECT_EQ(subscriber.expect("hashblock").number, 1000U);
}

TEST_F(ZmqSubscriberTest, SaysWhatCameInstead) {
  ZmqSubscriber subscriber(options({"hashblock", "hashtx"}));
  sync(subscriber);
  publisher_.publish("hashtx", Publisher::printed(chain_.tip()));
  try {
    subscriber.expect("hashblock", 50ms);
    FAIL() << "nothing was thrown";
  } catch (const ZmqError& error) {
    EXPECT_EQ(error.kind(), ZmqError::Kind::Timeout);
    EXPECT_THAT(error.what(), HasSubstr("no hashblock within 50 ms; instead came hashtx #"));
    EXPECT_THAT(error.what(), HasSubstr(chain_.tip().to_string()));
  }
}

TEST_F(ZmqSubscriberTest, RefusesBodiesOfAnotherForm) {
  ZmqSubscriber subscriber(options({"sequence"}));
  sync(subscriber);
  for (const std::size_t size : {0, 32, 34, 41}) {
    publisher_.publish("sequence", Bytes(size, std::byte{'C'}));
    const ZmqNotification notification = subscriber.expect("sequence");
    EXPECT_EQ(kind_of([&] { static_cast<void>(notification.sequence_event()); }),
              ZmqError::Kind::Malformed)
        << size;
    EXPECT_EQ(kind_of([&] { static_cast<void>(notification.block()); }), ZmqError::Kind::Malformed);
  }
}

TEST_F(ZmqSubscriberTest, EndsItsWaitWhenInterrupted) {
  ZmqSubscriber subscriber(options({"hashblock"}));
  std::thread interrupter([&] { subscriber.interrupt("the node is gone"); });
  EXPECT_EQ(kind_of([&] { subscriber.expect(); }), ZmqError::Kind::Interrupted);
  interrupter.join();
  subscriber.interrupt("again");  // the first reason stays
  try {
    subscriber.expect();
    FAIL() << "nothing was thrown";
  } catch (const ZmqError& error) {
    EXPECT_STREQ(error.what(), "the node is gone");
  }
}

TEST_F(ZmqSubscriberTest, SyncGivesUpAfterItsBound) {
  ZmqSubscriberOptions silent = options({"hashblock"});
  silent.timeout = 300ms;
  ZmqSubscriber subscriber(silent);
  EXPECT_EQ(kind_of([&] { subscriber.sync([this] { return chain_.mine(); }); }),
            ZmqError::Kind::Timeout);
}

TEST(ZmqSubscriber, RefusesAnAddressThatIsNone) {
  EXPECT_EQ(kind_of([] { ZmqSubscriber({.endpoint = "nowhere"}); }), ZmqError::Kind::Connect);
}

}  // namespace
}  // namespace noderig
