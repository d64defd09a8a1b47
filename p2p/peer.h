// The mininode: one connection to a node, spoken by a scenario in synchronous code. A Peer is owned
// by whoever connected or accepted it. Its socket lives on an io_context that somebody else runs on
// one thread and that must outlive the peer; any number of peers share it. Every member may be
// called from any thread except that one, and so not from the trace callback.
//
// Received messages are kept in order and decoded when they are asked for. Each message type has a
// reading position of its own, so waiting for one type never loses another. Every wait is bounded,
// and one that fails throws PeerError, which says what was waited for and what came instead.
#pragma once

#include <noderig/p2p/inbox.h>
#include <noderig/p2p/messages/message.h>
#include <noderig/p2p/messages/net_address.h>
#include <noderig/p2p/primitives/serialize.h>
#include <noderig/p2p/transport/v1.h>
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <source_location>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace noderig::p2p {

class Connection;
struct Version;

enum class Direction { Sent, Received };

// One message on its way, or a connection's beginning or end, for a log. What it refers to is good
// during the trace call only.
struct TraceEvent {
  enum class What { MessagePassed, Opened, Closed };

  What what = What::MessagePassed;
  std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds> time = {};
  std::string_view peer = {};             // PeerOptions::name
  Direction direction = Direction::Sent;  // of Opened: Sent when the peer connected to the node

  // Of messages. Bytes sent by send_bytes() have the command "(bytes)". The header is the frame's
  // as it was sent; a received one was sound and is left out.
  std::string_view command = {};
  ByteSpan header = {};
  ByteSpan payload = {};

  // Of Opened: both ends, "127.0.0.2:40001". Of Closed: why.
  std::string_view local_address = {};
  std::string_view remote_address = {};
  std::string_view reason = {};
};

// A bound on a wait; empty means PeerOptions::timeout.
using Bound = std::optional<std::chrono::milliseconds>;

// Where a scenario waits: the last parameter of every wait, named when it fails.
using Place = std::source_location;

// Stands between a peer's connection and its inbox, see PeerOptions::filter. Not asked about what
// the peer deals with by itself: the handshake, pings it answers and pongs it awaits.
class InboundFilter {
 public:
  virtual ~InboundFilter() = default;

  // A message has come, which will stand at `position` in the inbox. May change it; returns how
  // often the peer receives it, 0 loses it. On the I/O thread.
  virtual int arrives(std::size_t position, RawMessage& message) = 0;

  // The message at `position` was shown to the caller of the peer, or counted. Any thread.
  virtual void read(std::size_t position) = 0;
};

enum class Handshake {
  Complete,  // return when both sides have sent version and verack
  None,      // return as soon as the connection stands
};

struct PeerOptions {
  std::string name = "peer";      // how messages and the trace call it
  std::string bind_address = {};  // source address of connect(); empty: the system chooses

  NetworkMagic magic = kRegtestMagic;
  std::int32_t protocol_version = 70016;
  std::uint64_t services = kNodeNetwork | kNodeWitness;
  std::string user_agent = "/noderig:0.1.0/";
  std::int32_t start_height = 0;
  bool relay = true;       // ask for transactions
  bool wtxidrelay = true;  // send wtxidrelay before verack
  bool sendaddrv2 = true;  // send sendaddrv2 before verack

  // What the peer does by itself. Without auto_version or auto_verack the scenario sends the
  // handshake's rest, and connect() and accept() return without waiting for it. wtxidrelay,
  // sendaddrv2 and verack go out once the node's version has come and ours was sent.
  bool auto_version = true;
  bool auto_verack = true;
  bool auto_pong = true;
  Handshake handshake = Handshake::Complete;

  std::chrono::milliseconds timeout = std::chrono::seconds(60);  // of waits that name none
  double timeout_factor = 1;  // multiplies every bound, also those a call names

  // Bytes that may wait to be sent before send() blocks for room.
  std::size_t send_queue_bytes = 64 << 20;

  // Called for each message, one at a time, on the thread that sends it or, received, on the I/O
  // thread. It must neither call the peer nor throw. Never called again once the peer's destructor
  // has returned.
  std::function<void(const TraceEvent&)> trace = {};

  // Called when a thread begins to block, with what it waits for. The wait has ended when the
  // result goes. It must not call the peer.
  std::function<std::shared_ptr<void>(std::string what)> on_wait = {};

  // What the peer receives may be changed on its way, for example to find out whether anybody
  // notices. Unset, it costs nothing.
  std::shared_ptr<InboundFilter> filter = {};
};

class PeerError : public std::runtime_error {
 public:
  enum class Kind {
    Timeout,       // the bound has passed
    Disconnected,  // the connection ended first
    Unexpected,    // something came that was to stay away
    Malformed,     // the node sent what is no message, or a payload that does not decode
    Interrupted,   // interrupt() was called
    Connect,       // no connection: refused, unreachable, bad address
  };

  PeerError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

std::string_view to_string(PeerError::Kind kind);

// Messages and their bytes on the wire, headers included.
struct Traffic {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;

  friend bool operator==(const Traffic&, const Traffic&) = default;
};

struct PeerStats {
  Traffic sent;  // what was handed to send(), also if it is still queued
  Traffic received;
  std::map<std::string, Traffic, std::less<>> sent_by_command;
  std::map<std::string, Traffic, std::less<>> received_by_command;
};

class Peer {
 public:
  // Connects to a node: inbound, as the node sees it. Throws PeerError.
  static std::unique_ptr<Peer> connect(boost::asio::io_context& io, const std::string& host,
                                       std::uint16_t port, PeerOptions options = {});

  // Drops the connection at once, with what is still unsent. Use disconnect() to part in order.
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Waits until both sides have sent version and verack; for peers made with Handshake::None.
  void await_handshake(Bound bound = {}, Place where = Place::current());

  const std::string& name() const;
  const NetworkMagic& magic() const;

  // The node's version message; throws PeerError when it has not come yet.
  const Version& node_version() const;

  // Our end, "127.0.0.2:40001", as the node's getpeerinfo shows it in "addr" of an inbound peer.
  const std::string& local_address() const;
  const std::string& remote_address() const;

  // ---- Waiting for messages

  // The next M that was not taken before; takes it.
  template <WireMessage M>
  M expect(Bound bound = {}, Place where = Place::current()) {
    const std::array commands{std::string_view(M::kCommand)};
    return decode<M>(take(commands, begin_wait(bound, where), ""));
  }

  // The next M not taken before for which `matches` holds; takes it and those before it.
  template <WireMessage M, std::predicate<const M&> P>
  M expect(P matches, Bound bound = {}, Place where = Place::current()) {
    const std::array commands{std::string_view(M::kCommand)};
    const Wait wait = begin_wait(bound, where);
    while (true) {
      M message = decode<M>(take(commands, wait, " that matches"));
      if (matches(std::as_const(message))) return message;
    }
  }

  // The first M at or after `from`, taken or not; takes nothing.
  template <WireMessage M>
  M expect(Cursor from, Bound bound = {}, Place where = Place::current()) {
    return decode<M>(find(M::kCommand, from, begin_wait(bound, where), ""));
  }

  // The first M at or after `from` for which `matches` holds, taken or not; takes nothing.
  template <WireMessage M, std::predicate<const M&> P>
  M expect(Cursor from, P matches, Bound bound = {}, Place where = Place::current()) {
    const Wait wait = begin_wait(bound, where);
    while (true) {
      const Received received = find(M::kCommand, from, wait, " that matches");
      M message = decode<M>(received);
      if (matches(std::as_const(message))) return message;
      from.position = received.position + 1;
    }
  }

  // The next message of one of these types that was not taken before; takes it.
  template <WireMessage... Ms>
  std::variant<Ms...> expect_any_of(Bound bound = {}, Place where = Place::current()) {
    const std::array commands{std::string_view(Ms::kCommand)...};
    const Received received = take(commands, begin_wait(bound, where), "");
    std::optional<std::variant<Ms...>> message;
    (void)((received.command == Ms::kCommand && (message.emplace(decode<Ms>(received)), true)) ||
           ...);
    return *std::move(message);
  }

  // The next message with that command that was not taken before, undecoded; takes it.
  Received expect_raw(std::string_view command, Bound bound = {}, Place where = Place::current());

  // Shows that the node has sent no M beyond those already taken: asks the node for a pong, which
  // comes after its answers to all that was sent before, and throws Unexpected if an M is there.
  // With `listen`, goes on waiting for that long and throws as soon as one comes.
  template <WireMessage M>
  void expect_none(std::chrono::milliseconds listen = {}, Place where = Place::current()) {
    expect_no(M::kCommand, std::nullopt, listen, where);
  }

  // The same for all that came at or after `from`, taken or not.
  template <WireMessage M>
  void expect_none(Cursor from, std::chrono::milliseconds listen = {},
                   Place where = Place::current()) {
    expect_no(M::kCommand, from, listen, where);
  }

  // Waits until the node has closed the connection.
  void expect_disconnect(Bound bound = {}, Place where = Place::current());

  // ---- Looking without waiting

  // The next M not taken before, if it is there; takes it.
  template <WireMessage M>
  std::optional<M> poll() {
    std::optional<Received> received = try_take(M::kCommand);
    if (!received) return std::nullopt;
    return decode<M>(*received);
  }

  // All M not taken before; takes them.
  template <WireMessage M>
  std::vector<M> drain() {
    std::vector<M> messages;
    while (std::optional<M> message = poll<M>()) messages.push_back(*std::move(message));
    return messages;
  }

  // How many M came at or after `from`, taken or not.
  template <WireMessage M>
  std::size_t count(Cursor from = {}) const {
    return count_of(M::kCommand, from);
  }

  // How many M are there to take.
  template <WireMessage M>
  std::size_t untaken() const {
    return untaken_of(M::kCommand);
  }

  // All M that came at or after `from`, taken or not; takes nothing.
  template <WireMessage M>
  std::vector<M> received(Cursor from = {}) const {
    std::vector<M> messages;
    for (const Received& one : messages_since(from)) {
      if (one.command == M::kCommand) messages.push_back(decode<M>(one));
    }
    return messages;
  }

  // Every message that came at or after `from`, in order, undecoded.
  std::vector<Received> messages_since(Cursor from = {}) const;

  // The place after all that has come so far.
  Cursor mark() const;

  // ---- Sending. Messages go out in the order of the calls, without waiting for the node. The
  // result is false, and nothing is sent, when the connection has ended by the node's doing;
  // sending after disconnect() throws. Blocks only when PeerOptions::send_queue_bytes are waiting
  // already.

  template <WireMessage M>
  bool send(const M& message) {
    return send_framed(std::make_shared<const Bytes>(frame(magic(), message)));
  }

  bool send(const RawMessage& message) { return send_raw(message.command, message.payload); }

  // Any command (at most 12 bytes) with any payload, in a correct frame.
  bool send_raw(std::string_view command, ByteSpan payload);

  // Messages framed before (p2p/transport/v1.h), so that several peers share the bytes.
  bool send_framed(std::shared_ptr<const Bytes> frame);
  bool send_framed(std::span<const std::shared_ptr<const Bytes>> frames);

  // Bytes as they are, whether or not they make a message.
  bool send_bytes(ByteSpan bytes);

  // Waits until all that was sent is in the kernel's hands.
  void flush(Bound bound = {}, Place where = Place::current());

  // Sends a ping of its own and waits for its pong: the node has then dealt with all that was sent
  // before. The pong does not enter the inbox.
  void sync_with_ping(Bound bound = {}, Place where = Place::current());

  // ---- The connection

  // Sends what is queued, says goodbye and returns when the connection is closed on both sides. A
  // node that does not close its side in time is cut off.
  void disconnect(Bound bound = {}, Place where = Place::current());

  bool connected() const;

  // The node closed or reset the connection.
  bool disconnected_by_node() const;

  // The connection ended by the node's doing, by closing it or by sending what is no message, and
  // no expect_disconnect() has asked for that. A scenario that ends so has failed.
  bool dropped_unexpectedly() const;

  // Ends all waits, now and later, with Interrupted and `reason`.
  void interrupt(std::string reason);

  PeerStats stats() const;

 private:
  friend class Listener;

  struct Wait {
    std::chrono::steady_clock::time_point begin;
    std::chrono::steady_clock::time_point end;
    std::optional<Place> where;  // nothing: in the rig itself
  };

  explicit Peer(std::shared_ptr<Connection> connection);

  Wait begin_wait(Bound bound, std::optional<Place> where = {}) const;
  Received take(std::span<const std::string_view> commands, const Wait& wait,
                std::string_view condition);
  Received find(std::string_view command, Cursor from, const Wait& wait,
                std::string_view condition);
  std::optional<Received> try_take(std::string_view command);
  std::size_t count_of(std::string_view command, Cursor from) const;
  std::size_t untaken_of(std::string_view command) const;
  void expect_no(std::string_view command, std::optional<Cursor> from,
                 std::chrono::milliseconds listen, Place where);
  void await_opening(const Wait& wait);
  void finish_handshake(const Wait& wait);
  bool queue(std::string_view command, std::shared_ptr<const Bytes> frame,
             std::size_t header_bytes);
  template <typename Ready, typename What>
  void await(std::unique_lock<std::mutex>& lock, const Wait& wait, Ready ready, What what);
  [[noreturn]] void throw_malformed(const Received& received, const DecodeError& error) const;

  template <WireMessage M>
  M decode(const Received& received) const {
    Decoded<M> message = decode_as<M>(*received.payload);
    if (!message) throw_malformed(received, message.error());
    return *std::move(message);
  }

  std::shared_ptr<Connection> connection_;
};

}  // namespace noderig::p2p
