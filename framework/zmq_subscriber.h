// Listens to the notifications that a node publishes by ZMQ at one address (-zmqpubhashblock and
// its like). Made by Rig::subscribe_zmq; used from the scenario's thread, but for interrupt().
//
// Notifications of all topics are kept in the order in which the node published them. Each topic
// has a reading position of its own, so waiting for one topic never loses another. The node numbers
// each topic's notifications; a number that is not the next one means a lost notification, and
// throws. Every wait is bounded; one that fails says what came instead.
#pragma once

#include <noderig/framework/bundle/wait_registry.h>
#include <noderig/framework/chain/block_builder.h>
#include <noderig/framework/timeline.h>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

class ZmqError : public std::runtime_error {
 public:
  enum class Kind {
    Timeout,      // the bound has passed
    Lost,         // a notification's number is not the next one
    Malformed,    // not of the form of its topic
    Interrupted,  // interrupt() was called
    Connect,      // no address to connect to
  };

  ZmqError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// What the topic "sequence" tells.
struct SequenceEvent {
  enum class Label : char {
    BlockConnected = 'C',
    BlockDisconnected = 'D',
    TransactionAdded = 'A',    // to the mempool
    TransactionRemoved = 'R',  // from the mempool, other than by a block that holds it
  };

  Label label;
  Uint256 hash;                                     // the block's hash, or the txid
  std::optional<std::uint64_t> mempool_sequence{};  // of transactions alone

  static SequenceEvent connected(const Uint256& block) { return {Label::BlockConnected, block}; }
  static SequenceEvent disconnected(const Uint256& block) {
    return {Label::BlockDisconnected, block};
  }
  static SequenceEvent added(const Uint256& txid, std::uint64_t number) {
    return {Label::TransactionAdded, txid, number};
  }
  static SequenceEvent removed(const Uint256& txid, std::uint64_t number) {
    return {Label::TransactionRemoved, txid, number};
  }

  // "A 3 4f5e..." or "C 0a1b..."
  std::string to_string() const;
  friend bool operator==(const SequenceEvent&, const SequenceEvent&) = default;
};

std::ostream& operator<<(std::ostream& out, const SequenceEvent& event);

// One notification. The accessors throw ZmqError (Malformed) when the body is not of their form.
struct ZmqNotification {
  std::string topic;
  Bytes body;
  std::uint32_t number = 0;  // within the topic, from 0 when the node starts

  Uint256 hash() const;                  // of hashblock and hashtx
  p2p::Block block() const;              // of rawblock
  p2p::Transaction transaction() const;  // of rawtx
  SequenceEvent sequence_event() const;  // of sequence
  bool shows(
      const BuiltBlock& block) const;  // tells that this block, or its coinbase, was connected

  // "hashblock #3: 0a1b..."
  std::string to_string() const;
};

struct ZmqSubscriberOptions {
  std::string endpoint{};             // "tcp://127.0.0.1:28332", or "ipc:///path"
  std::vector<std::string> topics{};  // "hashblock", "hashtx", "rawblock", "rawtx", "sequence"
  std::string name = "zmq";
  int receive_hwm = 0;      // notifications kept by the transport before it drops; 0: no limit
  bool allow_gaps = false;  // lost notifications are no error
  std::chrono::milliseconds timeout = std::chrono::seconds(60);  // of waits that name none
  double timeout_factor = 1;                                     // multiplies every bound
  Timeline* timeline = nullptr;
  WaitRegistry* waits = nullptr;
};

class ZmqSubscriber {
 public:
  using Bound = std::optional<std::chrono::milliseconds>;

  // Begins to connect; the address need not be there yet. Throws ZmqError (Connect) when it is
  // none.
  explicit ZmqSubscriber(ZmqSubscriberOptions options);
  ~ZmqSubscriber();
  ZmqSubscriber(const ZmqSubscriber&) = delete;
  ZmqSubscriber& operator=(const ZmqSubscriber&) = delete;

  // Makes sure that the node has taken up every subscription, for which there is no signal but a
  // notification: calls `mine`, which has the node connect a block, until all topics show the block
  // just mined. All that came up to then is dropped. Returns how often it was called, mostly once.
  int sync(const std::function<BuiltBlock()>& mine);

  // The next notification of the topic, or of any, that was not taken before; takes it.
  ZmqNotification expect(std::string_view topic, Bound bound = {},
                         std::source_location where = std::source_location::current());
  ZmqNotification expect(Bound bound = {},
                         std::source_location where = std::source_location::current());

  // The next `count` of the topic sequence.
  std::vector<SequenceEvent> expect_sequence(
      std::size_t count, Bound bound = {},
      std::source_location where = std::source_location::current());

  // Notifications that have come and were not taken.
  const std::deque<ZmqNotification>& untaken() const { return inbox_; }

  const std::string& endpoint() const { return options_.endpoint; }

  // Ends all waits, now and later, with Interrupted and `reason`. Any thread.
  void interrupt(const std::string& reason);

 private:
  struct Transport;

  ZmqNotification take(std::string_view topic, std::chrono::steady_clock::time_point begin,
                       std::chrono::milliseconds bound, const std::source_location& where);
  // Takes in what has arrived; waits for it until `end`. False when nothing came by then.
  bool receive(std::chrono::steady_clock::time_point end);
  void take_in(ZmqNotification notification);
  std::chrono::milliseconds scaled(Bound bound) const;
  [[nodiscard]] std::shared_ptr<void> enter_wait(std::string_view what) const;

  ZmqSubscriberOptions options_;
  std::unique_ptr<Transport> transport_;
  std::deque<ZmqNotification> inbox_;
  std::map<std::string, std::uint32_t, std::less<>> next_number_;
};

}  // namespace noderig
