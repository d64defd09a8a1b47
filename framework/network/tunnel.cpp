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

bool happens(double share, std::mt19937_64& random) {
  return share > 0 && std::uniform_real_distribution<>(0, 1)(random) < share;
}

// Whether the faults may lose or repeat it.
bool concerned(const LinkFaults& faults, std::string_view command) {
  if (!faults.commands.empty())
    return std::ranges::find(faults.commands, command) != faults.commands.end();
  return command != p2p::Version::kCommand && command != p2p::Verack::kCommand;
}

}  // namespace

Tunnel::Tunnel(Socket near, Socket far, std::shared_ptr<std::array<Lane, 2>> lanes)
    : near_(std::move(near)),
      far_(std::move(far)),
      lanes_(std::move(lanes)),
      streams_{{{&near_, &far_, asio::steady_timer(near_.get_executor())},
                {&far_, &near_, asio::steady_timer(near_.get_executor())}}} {
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
    if (deframer.error()) co_return self->close();  // v2, or no message at all
  }
  self->end(lane);
}

void Tunnel::accept(std::size_t lane_index, p2p::RawMessage message) {
  Lane& lane = (*lanes_)[lane_index];
  Stream& stream = streams_[lane_index];
  const LinkFaults& faults = lane.faults;
  const bool may_fail = concerned(faults, message.command);
  if (may_fail && happens(faults.lose, lane.random)) {
    ++lane.traffic.lost;
    return;
  }
  auto due = Clock::now() + faults.delay;
  if (faults.jitter > faults.jitter.zero()) {
    due += std::chrono::milliseconds(
        std::uniform_int_distribution<std::int64_t>(0, faults.jitter.count())(lane.random));
  }
  if (!stream.waiting.empty()) due = std::max(due, stream.waiting.back().due);
  const int copies = may_fail && happens(faults.repeat, lane.random) ? 2 : 1;
  if (copies == 2) ++lane.traffic.repeated;
  const Bytes bytes = p2p::frame(p2p::kRegtestMagic, message.command, message.payload);
  for (int i = 0; i < copies; ++i) stream.waiting.push_back({due, message.command, bytes});
  stream.changed.cancel();
}

asio::awaitable<void> Tunnel::pass_on(std::shared_ptr<Tunnel> self, std::size_t lane_index) {
  Stream& stream = self->streams_[lane_index];
  Lane& lane = (*self->lanes_)[lane_index];
  while (self->open_) {
    const bool nothing = stream.waiting.empty();
    if (nothing && stream.ended) break;
    if (nothing || lane.held) {
      stream.changed.expires_at(Clock::time_point::max());
      co_await stream.changed.async_wait(kAwait);
      continue;
    }
    if (stream.waiting.front().due > Clock::now()) {
      stream.changed.expires_at(stream.waiting.front().due);
      co_await stream.changed.async_wait(kAwait);
      continue;
    }
    const Packet packet = std::move(stream.waiting.front());
    stream.waiting.pop_front();
    for (std::size_t sent = 0; sent < packet.bytes.size();) {
      const std::size_t most = lane.faults.fragment;
      std::size_t size = packet.bytes.size() - sent;
      if (most > 0) {
        size = std::min(size, std::uniform_int_distribution<std::size_t>(1, most)(lane.random));
      }
      const auto [error, written] = co_await asio::async_write(
          *stream.to, asio::buffer(packet.bytes.data() + sent, size), kAwait);
      if (error) co_return self->close();
      ++lane.traffic.writes;
      sent += written;
    }
    ++lane.traffic.passed;
    ++lane.traffic.passed_by_command[packet.command];
  }
  stream.closed = true;
  error_code ignored;
  stream.to->shutdown(Socket::shutdown_send, ignored);
  if (self->streams_[0].closed && self->streams_[1].closed) self->close();
}

}  // namespace noderig
