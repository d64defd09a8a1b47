#include <fmt/format.h>

#include <noderig/p2p/connection.h>
#include <noderig/p2p/messages/ping.h>
#include <noderig/p2p/messages/registry.h>
#include <noderig/p2p/peer.h>

#include <algorithm>
#include <cstring>

namespace noderig::p2p {

namespace {

using Clock = std::chrono::steady_clock;
using Kind = PeerError::Kind;

constexpr std::size_t kShownMessages = 8;

// Where the nonces of sync_with_ping() begin: apart from those a scenario writes by hand.
constexpr std::uint64_t kSyncNonces = 0x6e6f646500000000;

std::string seconds(Clock::duration time) {
  return fmt::format("{:.1f} s", std::chrono::duration<double>(time).count());
}

std::string join(std::span<const std::string_view> commands) {
  return fmt::format("{}", fmt::join(commands, " or "));
}

// The command in a frame's header, which may be wrong on purpose.
std::string command_of(const Bytes& frame) {
  if (frame.size() < kFrameHeaderSize) {
    throw std::invalid_argument("a frame is at least 24 bytes long; use send_bytes()");
  }
  const char* text = reinterpret_cast<const char*>(frame.data()) + sizeof(NetworkMagic);
  return {text, strnlen(text, kCommandSize)};
}

// What came since the scenario last took something: the other half of a wait's failure. `mutex`
// held.
std::string what_came(const Connection& connection) {
  const Inbox& inbox = connection.inbox;
  const std::size_t taken = inbox.last_taken().position;
  const std::size_t from = std::max(taken, connection.handshake_messages);
  const std::string_view since = taken >= connection.handshake_messages && taken != 0
                                     ? " since the last one taken"
                                 : connection.handshake_messages != 0 ? " since the handshake"
                                                                      : "";
  const std::size_t messages = inbox.size() - from;
  if (messages == 0) return fmt::format("no message came{}", since);
  std::string text = fmt::format("{} message{} came{}", messages, messages == 1 ? "" : "s", since);
  if (messages > kShownMessages) text += fmt::format(", the last {} are", kShownMessages);
  std::string_view separator = ": ";
  for (std::size_t i = inbox.size() - std::min(messages, kShownMessages); i < inbox.size(); ++i) {
    text += separator;
    text += describe_message(inbox.at(i).command, *inbox.at(i).payload);
    separator = ", ";
  }
  return text;
}

// " at scenarios/ping.cpp:12"
std::string place_text(const std::optional<Place>& place) {
  if (!place) return {};
  const std::string_view file = place->file_name();
  const auto name = file.rfind('/');
  const auto folder = name == 0 || name == file.npos ? file.npos : file.rfind('/', name - 1);
  return fmt::format(" at {}:{}", file.substr(folder == file.npos ? 0 : folder + 1), place->line());
}

std::shared_ptr<void> enter_wait(const PeerOptions& options, std::string_view what) {
  if (!options.on_wait) return {};
  return options.on_wait(fmt::format("{}: waits for {}", options.name, what));
}

// Tells a filter what the caller is shown: one message, or all with a command from a place on.
// `mutex` held.
void note_read(const Connection& connection, const Received* message) {
  if (connection.options.filter && message) connection.options.filter->read(message->position);
}

void note_read(const Connection& connection, std::string_view command, Cursor from) {
  if (!connection.options.filter) return;
  const Received* message = connection.inbox.find(command, from);
  for (; message; message = connection.inbox.find(command, {message->position + 1})) {
    note_read(connection, message);
  }
}

}  // namespace

std::string_view to_string(PeerError::Kind kind) {
  switch (kind) {
    case Kind::Timeout:
      return "timeout";
    case Kind::Disconnected:
      return "disconnected";
    case Kind::Unexpected:
      return "unexpected";
    case Kind::Malformed:
      return "malformed";
    case Kind::Interrupted:
      return "interrupted";
    case Kind::Connect:
      return "connect";
  }
  return "?";
}

Peer::Peer(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

Peer::~Peer() {
  connection_->abandon();
}

std::unique_ptr<Peer> Peer::connect(boost::asio::io_context& io, const std::string& host,
                                    std::uint16_t port, PeerOptions options) {
  std::unique_ptr<Peer> peer(new Peer(std::make_shared<Connection>(io, std::move(options))));
  peer->connection_->connect(host, port);
  peer->await_opening(peer->begin_wait({}));
  return peer;
}

void Peer::await_opening(const Wait& wait) {
  Connection& c = *connection_;
  std::unique_lock lock(c.mutex);
  await(
      lock, wait, [&] { return c.connected; },
      [&] { return "the connection to " + c.remote_address; });
  const PeerOptions& options = c.options;
  if (options.handshake == Handshake::None || !options.auto_version || !options.auto_verack) return;
  lock.unlock();
  finish_handshake(wait);
}

void Peer::await_handshake(Bound bound, Place where) {
  finish_handshake(begin_wait(bound, where));
}

void Peer::finish_handshake(const Wait& wait) {
  Connection& c = *connection_;
  std::unique_lock lock(c.mutex);
  await(
      lock, wait, [&] { return c.verack_received && c.verack_sent; },
      [&] {
        if (!c.node_version) return "the node's version";
        return c.verack_received ? "this side's verack" : "the node's verack";
      });
}

// Waits on `lock` until `ready()`; throws PeerError about `what()` when that cannot be any more.
template <typename Ready, typename What>
void Peer::await(std::unique_lock<std::mutex>& lock, const Wait& wait, Ready ready, What what) {
  Connection& c = *connection_;
  const auto fail = [&](Kind kind, const std::string& text) {
    throw PeerError(kind, fmt::format("{}: {}; {}{}", c.options.name, text, what_came(c),
                                      place_text(wait.where)));
  };
  std::shared_ptr<void> mark;  // in the list of waits
  while (true) {
    if (c.interrupted) {
      fail(Kind::Interrupted,
           fmt::format("interrupted ({}) while waiting for {}", *c.interrupted, what()));
    }
    if (ready()) return;
    if (c.end != Connection::End::None) {
      const std::string waited = seconds(Clock::now() - wait.begin);
      switch (c.end) {
        case Connection::End::ConnectFailed:
          throw PeerError(Kind::Connect, fmt::format("{}: cannot connect to {}: {}", c.options.name,
                                                     c.remote_address, c.end_reason));
        case Connection::End::Malformed:
          fail(Kind::Malformed,
               fmt::format("{} ({} into a wait for {})", c.end_reason, waited, what()));
          break;
        default:
          fail(Kind::Disconnected,
               fmt::format("{} ({} into a wait for {})", c.end_reason, waited, what()));
      }
    }
    if (Clock::now() >= wait.end) {
      fail(Kind::Timeout, fmt::format("waited {} for {}", seconds(wait.end - wait.begin), what()));
    }
    if (!mark) mark = enter_wait(c.options, what() + place_text(wait.where));
    c.changed.wait_until(lock, wait.end);
  }
}

const std::string& Peer::name() const {
  return connection_->options.name;
}
const NetworkMagic& Peer::magic() const {
  return connection_->options.magic;
}
const std::string& Peer::local_address() const {
  return connection_->local_address;
}
const std::string& Peer::remote_address() const {
  return connection_->remote_address;
}

const Version& Peer::node_version() const {
  const std::lock_guard lock(connection_->mutex);
  if (!connection_->node_version) {
    throw PeerError(Kind::Unexpected, name() + ": the node's version message has not come yet");
  }
  return *connection_->node_version;  // set once
}

// ---- Waiting for messages

Peer::Wait Peer::begin_wait(Bound bound, std::optional<Place> where) const {
  const PeerOptions& options = connection_->options;
  const auto scaled = bound.value_or(options.timeout) * options.timeout_factor;
  const auto now = Clock::now();
  return {now, now + std::chrono::duration_cast<Clock::duration>(scaled), where};
}

Received Peer::take(std::span<const std::string_view> commands, const Wait& wait,
                    std::string_view condition) {
  Connection& c = *connection_;
  const Received* taken = nullptr;
  std::unique_lock lock(c.mutex);
  await(
      lock, wait, [&] { return (taken = c.inbox.take(commands)) != nullptr; },
      [&] { return join(commands) + std::string(condition); });
  note_read(c, taken);
  return *taken;
}

Received Peer::find(std::string_view command, Cursor from, const Wait& wait,
                    std::string_view condition) {
  Connection& c = *connection_;
  const Received* found = nullptr;
  std::unique_lock lock(c.mutex);
  await(
      lock, wait, [&] { return (found = c.inbox.find(command, from)) != nullptr; },
      [&] { return fmt::format("{}{} from message {} on", command, condition, from.position); });
  note_read(c, found);
  return *found;
}

Received Peer::expect_raw(std::string_view command, Bound bound, Place where) {
  return take({&command, 1}, begin_wait(bound, where), "");
}

void Peer::expect_no(std::string_view command, std::optional<Cursor> from,
                     std::chrono::milliseconds listen, Place where) {
  sync_with_ping({}, where);
  Connection& c = *connection_;
  const auto arrived = [&] { return from ? c.inbox.find(command, *from) : c.inbox.next(command); };
  std::unique_lock lock(c.mutex);
  const Clock::time_point begin = Clock::now();
  const Clock::time_point until = begin + listen;
  std::shared_ptr<void> mark;
  while (!arrived() && Clock::now() < until) {
    if (c.interrupted || c.end != Connection::End::None) break;
    if (!mark) mark = enter_wait(c.options, fmt::format("{} to stay away", command));
    c.changed.wait_until(lock, until);
  }
  if (const Received* unwanted = arrived()) {
    throw PeerError(Kind::Unexpected,
                    fmt::format("{}: expected no {}, and it came: {}{}", name(), command,
                                describe_message(command, *unwanted->payload), place_text(where)));
  }
  // The end of the connection, or an interrupt, is no proof that nothing would have come.
  await(
      lock, Wait{begin, until, where}, [&] { return c.end == Connection::End::None; },
      [&] { return fmt::format("{} to stay away", command); });
}

void Peer::expect_disconnect(Bound bound, Place where) {
  Connection& c = *connection_;
  const Wait wait = begin_wait(bound, where);
  std::unique_lock lock(c.mutex);
  c.end_awaited = true;
  try {
    await(
        lock, wait, [&] { return c.end == Connection::End::ByNode; },
        [&] { return "the node to disconnect"; });
  } catch (const PeerError&) {
    c.end_awaited = false;
    throw;
  }
}

void Peer::sync_with_ping(Bound bound, Place where) {
  Connection& c = *connection_;
  const Wait wait = begin_wait(bound, where);
  Ping ping;
  {
    const std::lock_guard lock(c.mutex);
    ping.nonce = kSyncNonces + c.next_nonce++;
    c.awaited_pongs.insert(ping.nonce);
  }
  send(ping);
  std::unique_lock lock(c.mutex);
  await(
      lock, wait, [&] { return !c.awaited_pongs.contains(ping.nonce); },
      [&] { return fmt::format("the pong to ping {:016x}", ping.nonce); });
}

// ---- Looking without waiting

std::optional<Received> Peer::try_take(std::string_view command) {
  const std::lock_guard lock(connection_->mutex);
  const Received* taken = connection_->inbox.take({&command, 1});
  note_read(*connection_, taken);
  return taken ? std::optional(*taken) : std::nullopt;
}

std::size_t Peer::count_of(std::string_view command, Cursor from) const {
  const std::lock_guard lock(connection_->mutex);
  note_read(*connection_, command, from);
  return connection_->inbox.count(command, from);
}

std::size_t Peer::untaken_of(std::string_view command) const {
  const std::lock_guard lock(connection_->mutex);
  if (const Received* next = connection_->inbox.next(command)) {
    note_read(*connection_, command, {next->position});
  }
  return connection_->inbox.untaken(command);
}

std::vector<Received> Peer::messages_since(Cursor from) const {
  const std::lock_guard lock(connection_->mutex);
  const Inbox& inbox = connection_->inbox;
  std::vector<Received> messages;
  for (std::size_t i = from.position; i < inbox.size(); ++i) {
    note_read(*connection_, &inbox.at(i));
    messages.push_back(inbox.at(i));
  }
  return messages;
}

Cursor Peer::mark() const {
  const std::lock_guard lock(connection_->mutex);
  return {connection_->inbox.size()};
}

// ---- Sending

bool Peer::queue(std::string_view command, std::shared_ptr<const Bytes> frame,
                 std::size_t header_bytes) {
  Connection& c = *connection_;
  std::unique_lock lock(c.mutex);
  if (c.closing) {
    throw PeerError(Kind::Disconnected, name() + ": sending after disconnect()");
  }
  const auto gone = [&] { return c.end != Connection::End::None || c.write_failed; };
  await(
      lock, begin_wait({}), [&] { return gone() || c.unsent_bytes < c.options.send_queue_bytes; },
      [&] { return fmt::format("room to send, with {} bytes unsent", c.unsent_bytes); });
  if (gone()) return false;
  lock.unlock();
  c.send(command, std::move(frame), header_bytes);
  return true;
}

bool Peer::send_raw(std::string_view command, ByteSpan payload) {
  return send_framed(std::make_shared<const Bytes>(frame(magic(), command, payload)));
}

bool Peer::send_framed(std::shared_ptr<const Bytes> frame) {
  const std::string command = command_of(*frame);
  return queue(command, std::move(frame), kFrameHeaderSize);
}

bool Peer::send_framed(std::span<const std::shared_ptr<const Bytes>> frames) {
  return std::all_of(frames.begin(), frames.end(),
                     [this](const auto& frame) { return send_framed(frame); });
}

bool Peer::send_bytes(ByteSpan bytes) {
  return queue("(bytes)", std::make_shared<const Bytes>(bytes.begin(), bytes.end()), 0);
}

void Peer::flush(Bound bound, Place where) {
  Connection& c = *connection_;
  const Wait wait = begin_wait(bound, where);
  std::unique_lock lock(c.mutex);
  await(
      lock, wait,
      [&] { return c.unsent_bytes == 0 && !c.write_failed && c.end == Connection::End::None; },
      [&] { return fmt::format("{} bytes to be sent", c.unsent_bytes); });
}

// ---- The connection

void Peer::disconnect(Bound bound, Place where) {
  Connection& c = *connection_;
  const Wait wait = begin_wait(bound, where);
  const auto ended = [&] { return c.end != Connection::End::None; };
  std::unique_lock lock(c.mutex);
  c.closing = true;
  try {
    await(
        lock, wait, [&] { return ended() || c.unsent_bytes == 0; }, [] { return "sending"; });
    c.shut_down_sending();
    await(lock, wait, ended, [] { return "the node to close its side"; });
  } catch (const PeerError& error) {
    c.cut();
    if (error.kind() != Kind::Timeout) throw;
  }
}

bool Peer::connected() const {
  const std::lock_guard lock(connection_->mutex);
  return connection_->connected && !connection_->closing &&
         connection_->end == Connection::End::None;
}

bool Peer::disconnected_by_node() const {
  const std::lock_guard lock(connection_->mutex);
  return connection_->end == Connection::End::ByNode;
}

bool Peer::dropped_unexpectedly() const {
  const std::lock_guard lock(connection_->mutex);
  const Connection::End end = connection_->end;
  return end == Connection::End::Malformed ||
         (end == Connection::End::ByNode && !connection_->end_awaited);
}

void Peer::interrupt(std::string reason) {
  const std::lock_guard lock(connection_->mutex);
  if (!connection_->interrupted) connection_->interrupted = std::move(reason);
  connection_->changed.notify_all();
}

PeerStats Peer::stats() const {
  const std::lock_guard lock(connection_->mutex);
  return connection_->stats;
}

void Peer::throw_malformed(const Received& received, const DecodeError& error) const {
  throw PeerError(
      Kind::Malformed,
      fmt::format("{}: message {}, {} of {} bytes, does not decode: {}", name(), received.position,
                  received.command, received.payload->size(), error.to_string()));
}

}  // namespace noderig::p2p
