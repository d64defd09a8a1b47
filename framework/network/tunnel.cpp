#include <noderig/framework/network/tunnel.h>
#include <noderig/p2p/coroutine.h>
#include <noderig/p2p/messages/verack.h>
#include <noderig/p2p/messages/version.h>
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>

namespace noderig {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kReadBytes = 64 << 10;

// Random numbers for message `number` of a connection that passes `lane`.
std::mt19937_64 random_for(const TunnelSeed& seed, std::size_t lane, std::uint32_t number) {
  std::seed_seq sequence{static_cast<std::uint32_t>(seed.link),
                         static_cast<std::uint32_t>(seed.link >> 32), seed.connection,
                         static_cast<std::uint32_t>(lane), number};
  return std::mt19937_64(sequence);
}

// Whether it happens: draws one number whatever the share, so that others do not depend on it.
bool happens(double share, std::mt19937_64& random) {
  return std::uniform_real_distribution<>(0, 1)(random) < share;
}

// Whether the faults may lose or repeat it.
bool concerned(const LinkFaults& faults, std::string_view command) {
  if (!faults.commands.empty())
    return std::ranges::find(faults.commands, command) != faults.commands.end();
  return command != p2p::Version::kCommand && command != p2p::Verack::kCommand;
}

}  // namespace

Tunnel::Tunnel(Socket near, Socket far, std::shared_ptr<std::array<Lane, 2>> lanes, TunnelSeed seed)
    : near_(std::move(near)),
      far_(std::move(far)),
      lanes_(std::move(lanes)),
      seed_(seed),
      // No message has number 0.
      streams_{
          {{&near_, &far_, asio::steady_timer(near_.get_executor()), random_for(seed, 0, 0)},
           {&far_, &near_, asio::steady_timer(near_.get_executor()), random_for(seed, 1, 0)}}} {
  error_code ignored;
  // A small write is to be a small segment.
  near_.set_option(asio::ip::tcp::no_delay(true), ignored);
  far_.set_option(asio::ip::tcp::no_delay(true), ignored);
  onward_ = far_.local_endpoint(ignored);
}

void Tunnel::start() {
  for (const std::size_t lane : {0, 1}) {
    asio::co_spawn(near_.get_executor(), take_in(shared_from_this(), lane), rethrow);
    asio::co_spawn(near_.get_executor(), pass_on(shared_from_this(), lane), rethrow);
  }
}

void Tunnel::close() {
  open_ = false;
  error_code ignored;
  near_.close(ignored);
  far_.close(ignored);
  wake();
}

void Tunnel::wake() {
  for (Stream& stream : streams_) stream.changed.cancel();
}

void Tunnel::end(std::size_t lane) {
  streams_[lane].ended = true;
  streams_[lane].changed.cancel();
}

asio::awaitable<void> Tunnel::take_in(std::shared_ptr<Tunnel> self, std::size_t lane) {
  Stream& stream = self->streams_[lane];
  p2p::V1Deframer deframer(p2p::kRegtestMagic);
  Bytes buffer(kReadBytes);
  while (!stream.ended) {
    const auto [error, size] = co_await stream.from->async_read_some(asio::buffer(buffer), kAwait);
    if (error || stream.ended) break;
    deframer.feed(ByteSpan(buffer).first(size));
    while (auto message = deframer.next()) self->accept(lane, *std::move(message));
    stream.broken = deframer.error().has_value();  // v2, or no message at all
    if (stream.broken) break;
  }
  self->end(lane);
}

void Tunnel::accept(std::size_t lane_index, p2p::RawMessage message) {
  Lane& lane = (*lanes_)[lane_index];
  Stream& stream = streams_[lane_index];
  const LinkFaults& faults = lane.faults;
  auto random = random_for(seed_, lane_index, ++stream.messages);
  const bool may_fail = concerned(faults, message.command);
  const bool lost = happens(faults.lose, random) && may_fail;
  const bool repeated = happens(faults.repeat, random) && may_fail;
  if (lost) {
    ++lane.traffic.lost;
    return;
  }
  auto due = Clock::now() + faults.delay;
  if (faults.jitter > faults.jitter.zero()) {
    due += std::chrono::milliseconds(
        std::uniform_int_distribution<std::int64_t>(0, faults.jitter.count())(random));
  }
  if (!stream.waiting.empty()) due = std::max(due, stream.waiting.back().due);
  if (repeated) ++lane.traffic.repeated;
  const Bytes bytes = p2p::frame(p2p::kRegtestMagic, message.command, message.payload);
  for (int i = 0; i < (repeated ? 2 : 1); ++i)
    stream.waiting.push_back({due, message.command, bytes});
  stream.changed.cancel();
}

asio::awaitable<void> Tunnel::await_open(Self self, std::size_t lane) {
  Stream& stream = self->streams_[lane];
  while (self->open_ && (*self->lanes_)[lane].held) {
    stream.changed.expires_at(Clock::time_point::max());
    co_await stream.changed.async_wait(kAwait);
  }
}

asio::awaitable<void> Tunnel::pass_on(Self self, std::size_t lane_index) {
  Stream& stream = self->streams_[lane_index];
  while (true) {
    co_await await_open(self, lane_index);
    const bool nothing = stream.waiting.empty();
    if (!self->open_ || (nothing && stream.ended)) break;
    if (nothing || stream.waiting.front().due > Clock::now()) {
      stream.changed.expires_at(nothing ? Clock::time_point::max() : stream.waiting.front().due);
      co_await stream.changed.async_wait(kAwait);
      continue;
    }
    Packet packet = std::move(stream.waiting.front());
    stream.waiting.pop_front();
    // The other way ends by itself, once all of it has passed.
    if (!co_await write(self, lane_index, std::move(packet))) break;
  }
  stream.closed = true;
  error_code ignored;
  stream.to->shutdown(Socket::shutdown_send, ignored);
  if (stream.broken) self->end(1 - lane_index);
  if (self->streams_[0].closed && self->streams_[1].closed) self->close();
}

asio::awaitable<bool> Tunnel::write(Self self, std::size_t lane_index, Packet packet) {
  Stream& stream = self->streams_[lane_index];
  Lane& lane = (*self->lanes_)[lane_index];
  for (std::size_t sent = 0; sent < packet.bytes.size();) {
    co_await await_open(self, lane_index);
    const std::size_t most = lane.faults.fragment;
    std::size_t size = packet.bytes.size() - sent;
    if (most > 0) {
      size = std::min(size, std::uniform_int_distribution<std::size_t>(1, most)(stream.sizes));
    }
    const auto [error, written] = co_await asio::async_write(
        *stream.to, asio::buffer(packet.bytes.data() + sent, size), kAwait);
    if (error) co_return false;
    ++lane.traffic.writes;
    sent += written;
  }
  ++lane.traffic.passed;
  ++lane.traffic.passed_by_command[packet.command];
  co_return true;
}

}  // namespace noderig
