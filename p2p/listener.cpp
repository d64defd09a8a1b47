#include <sys/socket.h>

#include <fmt/format.h>
#include <noderig/p2p/connection.h>
#include <noderig/p2p/coroutine.h>
#include <noderig/p2p/listener.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <deque>
#include <set>

namespace noderig::p2p {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

// The listening socket and the connections that nobody has asked for yet. Owned jointly by the
// Listener and the pending operations; sockets are touched on the I/O thread only until they
// arrive.
class Listener::Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  // A connection whose first bytes, as many as a magic has, were read.
  struct Arrival {
    tcp::socket socket;
    Bytes first;
  };

  Acceptor(asio::io_context& context, const std::string& host, std::uint16_t port)
      : io(context), acceptor_(context) {
    error_code error;
    const auto fail = [&](const std::string& why) {
      throw PeerError(PeerError::Kind::Connect,
                      fmt::format("cannot listen on {}:{}: {}", host, port, why));
    };
    const tcp::endpoint wanted{asio::ip::make_address(host, error), port};
    if (error) fail("no IP address");
    acceptor_.open(wanted.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(wanted, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (error) fail(error.message());
    bound = acceptor_.local_endpoint();
    host_text = host;
  }

  void start() {
    asio::co_spawn(acceptor_.get_executor(), accept_all(shared_from_this()), rethrow);
  }

  void stop() {
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
      error_code ignored;
      self->acceptor_.close(ignored);
      for (tcp::socket* socket : self->silent_) socket->close(ignored);
    });
  }

  void interrupt(std::string reason) {
    const std::lock_guard lock(mutex);
    if (!interrupted) interrupted = std::move(reason);
    changed.notify_all();
  }

  asio::io_context& io;
  tcp::endpoint bound;
  std::string host_text;

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::deque<Arrival> arrived;
  std::optional<std::string> interrupted;

 private:
  using Self = std::shared_ptr<Acceptor>;

  static asio::awaitable<void> accept_all(Self self) {
    while (true) {
      auto [error, socket] = co_await self->acceptor_.async_accept(kAwait);
      if (!self->acceptor_.is_open()) co_return;
      if (error == asio::error::connection_aborted) continue;
      if (error) {
        self->interrupt("accepting failed: " + error.message());
        co_return;
      }
      asio::co_spawn(self->acceptor_.get_executor(), read_first(self, std::move(socket)), rethrow);
    }
  }

  static asio::awaitable<void> read_first(Self self, tcp::socket socket) {
    Arrival arrival{std::move(socket), Bytes(sizeof(NetworkMagic))};
    self->silent_.insert(&arrival.socket);
    const auto [error, size] =
        co_await asio::async_read(arrival.socket, asio::buffer(arrival.first), kAwait);
    self->silent_.erase(&arrival.socket);
    if (error) co_return;
    const std::lock_guard lock(self->mutex);
    self->arrived.push_back(std::move(arrival));
    self->changed.notify_all();
  }

  tcp::acceptor acceptor_;
  std::set<tcp::socket*> silent_;  // accepted, and nothing came yet; I/O thread only
};

Listener::Listener(asio::io_context& io, const std::string& host, std::uint16_t port)
    : acceptor_(std::make_shared<Acceptor>(io, host, port)) {
  acceptor_->start();
}

Listener::~Listener() {
  acceptor_->stop();
}

const std::string& Listener::host() const {
  return acceptor_->host_text;
}
std::uint16_t Listener::port() const {
  return acceptor_->bound.port();
}

std::string Listener::address() const {
  const bool v6 = acceptor_->bound.address().is_v6();
  return fmt::format(fmt::runtime(v6 ? "[{}]:{}" : "{}:{}"), host(), port());
}

std::unique_ptr<Peer> Listener::accept(PeerOptions options, Bound bound) {
  Acceptor& a = *acceptor_;
  auto connection = std::make_shared<Connection>(a.io, std::move(options));
  std::unique_ptr<Peer> peer(new Peer(connection));
  const Peer::Wait wait = peer->begin_wait(bound);
  const ByteSpan magic = std::as_bytes(std::span(peer->magic()));
  std::size_t turned_away = 0;
  std::shared_ptr<void> mark;  // in the list of waits
  if (const auto& on_wait = connection->options.on_wait) {
    mark = on_wait(fmt::format("{}: waits for a connection to {}", peer->name(), address()));
  }
  while (true) {
    std::optional<Acceptor::Arrival> arrival;
    {
      std::unique_lock lock(a.mutex);
      const bool came =
          a.changed.wait_until(lock, wait.end, [&] { return a.interrupted || !a.arrived.empty(); });
      const auto fail = [&](PeerError::Kind kind, const std::string& text) {
        throw PeerError(
            kind, fmt::format("{}: {} a connection to {}; {} came that did not begin with the v1 "
                              "magic",
                              peer->name(), text, address(), turned_away));
      };
      if (a.interrupted) {
        fail(PeerError::Kind::Interrupted,
             fmt::format("interrupted ({}) while waiting for", *a.interrupted));
      }
      if (!came) {
        const std::chrono::duration<double> waited = wait.end - wait.begin;
        fail(PeerError::Kind::Timeout, fmt::format("waited {:.1f} s for", waited.count()));
      }
      arrival = std::move(a.arrived.front());
      a.arrived.pop_front();
    }
    if (std::ranges::equal(arrival->first, magic)) {
      connection->adopt(std::move(arrival->socket), std::move(arrival->first));
      peer->await_opening(wait);
      return peer;
    }
    ++turned_away;  // and closed: nothing was sent, so a node sees that v2 is not spoken here
  }
}

void Listener::interrupt(std::string reason) {
  acceptor_->interrupt(std::move(reason));
}

}  // namespace noderig::p2p
