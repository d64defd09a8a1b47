#include <sys/socket.h>

#include <noderig/p2p/connection.h>
#include <noderig/p2p/coroutine.h>
#include <noderig/p2p/messages/ping.h>
#include <noderig/p2p/messages/pong.h>
#include <noderig/p2p/messages/send_addr_v2.h>
#include <noderig/p2p/messages/verack.h>
#include <noderig/p2p/messages/wtxid_relay.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>

namespace noderig::p2p {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kReadBytes = 128 << 10;
constexpr std::size_t kBuffersAWrite = 64;       // as many as Asio gives to one system call
constexpr std::int32_t kFeatureVersion = 70016;  // the first that knows wtxidrelay and sendaddrv2

std::string to_text(const tcp::endpoint& endpoint) {
  const std::string port = ":" + std::to_string(endpoint.port());
  const std::string host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + port;
}

void count(Traffic& traffic, std::size_t bytes) {
  ++traffic.messages;
  traffic.bytes += bytes;
}

void count(Traffic& all, std::map<std::string, Traffic, std::less<>>& by_command,
           std::string_view command, std::size_t bytes) {
  count(all, bytes);
  auto found = by_command.find(command);
  if (found == by_command.end()) found = by_command.emplace(command, Traffic{}).first;
  count(found->second, bytes);
}

}  // namespace

Connection::Connection(asio::io_context& io, PeerOptions peer_options)
    : options(std::move(peer_options)), socket_(io) {}

void Connection::connect(const std::string& host, std::uint16_t port) {
  remote_address = host + ":" + std::to_string(port);
  const auto fail = [&](const std::string& why) {
    throw PeerError(PeerError::Kind::Connect,
                    options.name + ": cannot connect to " + remote_address + ": " + why);
  };
  error_code error;
  target_ = {asio::ip::make_address(host, error), port};
  if (error) fail("'" + host + "' is no IP address");
  remote_address = to_text(target_);

  socket_.open(target_.protocol(), error);
  if (error) fail(error.message());
  if (!options.bind_address.empty()) {
    const auto source = asio::ip::make_address(options.bind_address, error);
    if (error) fail("bind address '" + options.bind_address + "' is no IP address");
    socket_.bind({source, 0}, error);
    if (error) fail("binding to " + options.bind_address + ": " + error.message());
  }
  connecting_side_ = true;
  asio::co_spawn(socket_.get_executor(), run_connect(shared_from_this()), rethrow);
}

void Connection::adopt(tcp::socket accepted, Bytes first) {
  socket_ = std::move(accepted);
  error_code ignored;
  remote_address = to_text(socket_.remote_endpoint(ignored));
  opened();
  asio::co_spawn(socket_.get_executor(), read_all(shared_from_this(), std::move(first)), rethrow);
}

// The coroutines are static and take the connection as a parameter, which keeps it alive also when
// they never start.
asio::awaitable<void> Connection::run_connect(std::shared_ptr<Connection> self) {
  const auto [error] = co_await self->socket_.async_connect(self->target_, kAwait);
  if (error) {
    self->finish(End::ConnectFailed, error.message());
    co_return;
  }
  // Queued first, so that nothing the scenario sends can come before it.
  if (self->options.auto_version) self->send_version();
  self->opened();
  co_await read_all(self, {});
}

void Connection::opened() {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  local_address = to_text(socket_.local_endpoint(ignored));
  trace({.what = TraceEvent::What::Opened,
         .direction = connecting_side_ ? Direction::Sent : Direction::Received,
         .local_address = local_address,
         .remote_address = remote_address});
  const std::lock_guard lock(mutex);
  descriptor_ = socket_.native_handle();
  connected = true;
  if (abandoned_) cut();
  start_writing();
  changed.notify_all();
}

asio::awaitable<void> Connection::read_all(std::shared_ptr<Connection> self, Bytes first) {
  V1Deframer deframer(self->options.magic);
  Bytes buffer(std::max(kReadBytes, first.size()));
  std::copy(first.begin(), first.end(), buffer.begin());
  std::size_t size = first.size();
  while (true) {
    if (const std::optional<DecodeError> fault = self->take_in(deframer, {buffer.data(), size})) {
      self->finish(End::Malformed, "the node sent what is no message: " + fault->to_string());
      co_return;
    }
    const auto [error, read] = co_await self->socket_.async_read_some(asio::buffer(buffer), kAwait);
    if (error) {
      self->finish(End::ByNode, error == asio::error::eof
                                    ? "the node closed the connection"
                                    : "the node closed the connection (" + error.message() + ")");
      co_return;
    }
    size = read;
  }
}

asio::awaitable<void> Connection::write_all(std::shared_ptr<Connection> self) {
  std::vector<Frame> batch;
  std::vector<asio::const_buffer> buffers;
  while (true) {
    batch.clear();
    {
      const std::lock_guard lock(self->mutex);
      if (self->queue.empty()) {
        self->writing = false;
        self->changed.notify_all();
        co_return;
      }
      batch.swap(self->queue);
    }
    std::size_t index = 0;   // of the first frame that is not written
    std::size_t offset = 0;  // how much of that is
    while (index < batch.size()) {
      buffers.clear();
      for (std::size_t i = index; i < batch.size() && buffers.size() < kBuffersAWrite; ++i) {
        buffers.push_back(asio::buffer(*batch[i]) + (i == index ? offset : 0));
      }
      const auto [error, written] = co_await self->socket_.async_write_some(
          std::span<const asio::const_buffer>(buffers), kAwait);
      const std::lock_guard lock(self->mutex);
      if (error || self->end != End::None) {
        // What the node sent before it closed may still be unread: the reader ends the connection.
        self->write_failed = true;
        self->writing = false;
        self->drop_queue();
        co_return;
      }
      offset += written;
      while (index < batch.size() && offset >= batch[index]->size()) {
        offset -= batch[index++]->size();
      }
      self->unsent_bytes -= written;
      self->changed.notify_all();
    }
  }
}

// Delivers the messages that `bytes` complete; returns what is wrong with the stream, if anything
// is.
std::optional<DecodeError> Connection::take_in(V1Deframer& deframer, ByteSpan bytes) {
  deframer.feed(bytes);
  std::optional<DecodeError> fault;
  while (!fault) {
    std::optional<RawMessage> message = deframer.next();
    if (!message) break;
    for (int copies = copies_of(*message); copies > 0 && !fault; --copies) {
      fault = copies == 1 ? deliver(std::move(*message)) : deliver(*message);
    }
  }
  if (!fault) fault = deframer.error();
  changed.notify_all();
  return fault;
}

// How often the message is received: once, unless a filter sees to it.
int Connection::copies_of(RawMessage& message) {
  if (!options.filter) return 1;
  const std::lock_guard lock(mutex);
  const bool handshake = !verack_received && options.auto_version && options.auto_verack;
  const bool answered_ping = message.command == Ping::kCommand && options.auto_pong;
  const Decoded<Pong> pong = decode_as<Pong>(message.payload);
  const bool awaited_pong =
      message.command == Pong::kCommand && pong && awaited_pongs.contains(pong->nonce);
  if (handshake || answered_ping || awaited_pong) return 1;
  return options.filter->arrives(inbox.size(), message);
}

// Files one message and does what the peer does by itself about it.
std::optional<DecodeError> Connection::deliver(RawMessage message) {
  const auto payload = std::make_shared<const Bytes>(std::move(message.payload));
  const std::string& command = message.command;
  trace({.direction = Direction::Received, .command = command, .payload = *payload});

  std::optional<DecodeError> fault;
  bool pong_due = false;
  bool version_due = false;
  bool answer_due = false;
  {
    const std::lock_guard lock(mutex);
    count(stats.received, stats.received_by_command, command, kFrameHeaderSize + payload->size());
    if (command == Pong::kCommand && !awaited_pongs.empty()) {
      const Decoded<Pong> pong = decode_as<Pong>(*payload);
      if (pong && awaited_pongs.erase(pong.value().nonce) != 0) return {};
    }
    if (command == Version::kCommand && !node_version) {
      Decoded<Version> version = decode_as<Version>(*payload);
      if (version) {
        node_version = *std::move(version);
        version_due = options.auto_version && !connecting_side_;
        answer_due = true;
      } else {
        fault = version.error();
        fault->what += " (in the version message)";
      }
    }
    inbox.push(command, payload);
    if (command == Verack::kCommand && !verack_received) {
      verack_received = true;
      handshake_messages = inbox.size();
    }
    pong_due = options.auto_pong && command == Ping::kCommand && !payload->empty();
  }
  if (version_due) send_version();
  if (answer_due) answer_version();
  if (pong_due) send(Pong::kCommand, *payload);
  return fault;
}

void Connection::send_version() {
  Version version;
  version.version = options.protocol_version;
  version.services = options.services;
  version.time = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  version.addr_from.services = options.services;
  // A node compares it with those of its own connections only, to notice that it met itself.
  version.nonce = 0x6e6f6465726967;
  version.user_agent = options.user_agent;
  version.start_height = options.start_height;
  version.relay = options.relay;
  send(Version::kCommand, encode_of(version));
}

void Connection::answer_version() {
  bool features = false;
  {
    const std::lock_guard lock(mutex);
    if (!node_version || !version_sent || version_answered) return;
    version_answered = true;
    features = std::min(node_version->version, options.protocol_version) >= kFeatureVersion;
  }
  if (features && options.wtxidrelay) send(WtxidRelay::kCommand, {});
  if (features && options.sendaddrv2) send(SendAddrV2::kCommand, {});
  if (options.auto_verack) send(Verack::kCommand, {});
}

void Connection::send(std::string_view command, ByteSpan payload) {
  send(command, std::make_shared<const Bytes>(frame(options.magic, command, payload)),
       kFrameHeaderSize);
}

void Connection::send(std::string_view command, Frame frame, std::size_t header_bytes) {
  const ByteSpan whole = *frame;
  trace({.direction = Direction::Sent,
         .command = command,
         .header = whole.first(header_bytes),
         .payload = whole.subspan(header_bytes)});
  {
    const std::lock_guard lock(mutex);
    if (end != End::None || write_failed) return;
    count(stats.sent, stats.sent_by_command, command, frame->size());
    unsent_bytes += frame->size();
    queue.push_back(std::move(frame));
    start_writing();
    if (command == Verack::kCommand) {
      verack_sent = true;
      changed.notify_all();
    }
    if (command != Version::kCommand) return;
    version_sent = true;
  }
  answer_version();
}

// Fills in the time and the name.
void Connection::trace(TraceEvent event) {
  if (!options.trace) return;
  event.time = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  event.peer = options.name;
  const std::lock_guard lock(trace_mutex_);
  if (!trace_ended_) options.trace(event);
}

// `mutex` held.
void Connection::start_writing() {
  if (!connected || writing || queue.empty()) return;
  writing = true;
  // Posted, since on the I/O thread co_spawn would run it here and now, under the mutex.
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    asio::co_spawn(self->socket_.get_executor(), write_all(self), rethrow);
  });
}

void Connection::shut_down_sending() {
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_WR);
}

void Connection::cut() {
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

void Connection::abandon() {
  bool open = false;
  {
    const std::lock_guard lock(mutex);
    open = connected && end == End::None;
  }
  if (open) trace({.what = TraceEvent::What::Closed, .reason = "the peer was dropped"});
  {
    const std::lock_guard lock(trace_mutex_);
    trace_ended_ = true;
  }
  const std::lock_guard lock(mutex);
  abandoned_ = true;
  cut();
  if (connected || end != End::None) return;
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->finish(End::ByUs, ""); });
}

void Connection::finish(End how, std::string reason) {
  std::string traced;
  {
    const std::lock_guard lock(mutex);
    if (end != End::None) return;
    end = closing || abandoned_ ? End::ByUs : how;
    end_reason = end == End::ByUs ? "the connection was closed on this side" : std::move(reason);
    traced = end_reason;
    drop_queue();
    descriptor_ = -1;
    error_code ignored;
    socket_.close(ignored);
    changed.notify_all();
  }
  trace({.what = TraceEvent::What::Closed, .reason = traced});
}

void Connection::drop_queue() {
  queue.clear();
  unsent_bytes = 0;
  changed.notify_all();
}

}  // namespace noderig::p2p
