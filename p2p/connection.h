// What a Peer shares with its socket on the I/O thread: the state of one connection and the
// coroutines that read and write it. Not for scenarios; see peer.h.
//
// Owned jointly by the Peer and by every pending I/O operation, so that a Peer may go at any
// moment, also after its io_context was stopped. The socket is touched on the I/O thread only. All
// public data is guarded by `mutex`, except for what is set once before `connected`.
#pragma once

#include <noderig/p2p/messages/version.h>
#include <noderig/p2p/peer.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <mutex>
#include <set>

namespace noderig::p2p {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Frame = std::shared_ptr<const Bytes>;

  // How a connection ended.
  enum class End { None, ByNode, ByUs, Malformed, ConnectFailed };

  Connection(boost::asio::io_context& io, PeerOptions peer_options);

  // Begins to connect to the node. Any thread, once, instead of adopt().
  void connect(const std::string& host, std::uint16_t port);

  // Takes a connection the node has made, from which `first` was read. I/O thread.
  void adopt(boost::asio::ip::tcp::socket accepted, Bytes first);

  // Frames, traces and queues a message. `mutex` not held.
  void send(std::string_view command, ByteSpan payload);

  // Traces and queues bytes, of which the first `header_bytes` are not payload. `mutex` not held.
  void send(std::string_view command, Frame frame, std::size_t header_bytes);

  // Stops sending, in order; the node's answer to that ends the connection. `mutex` held.
  void shut_down_sending();

  // Drops the connection: reading ends as soon as the I/O thread gets to it. `mutex` held.
  void cut();

  // Drops the connection and ends the trace: no callback begins or runs once this has returned.
  void abandon();

  const PeerOptions options;
  std::string local_address;   // set before `connected`
  std::string remote_address;  // set before connect() returns or `connected`

  mutable std::mutex mutex;
  std::condition_variable changed;  // notified for every change below that a wait may be after

  Inbox inbox;
  bool connected = false;  // has stood; stays true
  bool closing = false;    // disconnect() was called
  End end = End::None;
  std::string end_reason;  // a sentence part: "the node closed the connection"
  bool end_awaited = false;
  std::optional<std::string> interrupted;

  std::optional<Version> node_version;
  bool version_sent = false;
  bool version_answered = false;
  bool verack_received = false;
  bool verack_sent = false;
  std::size_t handshake_messages = 0;  // how many came up to the node's verack

  std::vector<Frame> queue;      // not yet with the writer
  std::size_t unsent_bytes = 0;  // of the queue and of what the writer holds
  bool writing = false;
  bool write_failed = false;

  std::uint64_t next_nonce = 0;
  std::set<std::uint64_t> awaited_pongs;  // nonces of sync_with_ping() still without an answer
  PeerStats stats;

 private:
  using Self = std::shared_ptr<Connection>;

  static boost::asio::awaitable<void> run_connect(Self self);
  static boost::asio::awaitable<void> read_all(Self self, Bytes first);
  static boost::asio::awaitable<void> write_all(Self self);
  void opened();
  void finish(End how, std::string reason);
  std::optional<DecodeError> take_in(V1Deframer& deframer, ByteSpan bytes);
  int copies_of(RawMessage& message);
  std::optional<DecodeError> deliver(RawMessage message);
  void send_version();
  void answer_version();
  void trace(TraceEvent event);
  void start_writing();
  void drop_queue();

  boost::asio::ip::tcp::socket socket_;
  boost::asio::ip::tcp::endpoint target_;
  bool connecting_side_ = false;
  bool abandoned_ = false;  // guarded by mutex
  int descriptor_ = -1;     // the open socket's, guarded by mutex

  std::mutex trace_mutex_;
  bool trace_ended_ = false;  // guarded by trace_mutex_
};

}  // namespace noderig::p2p
