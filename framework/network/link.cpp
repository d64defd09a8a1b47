#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/network/tunnel.h>
#include <noderig/p2p/coroutine.h>
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>

namespace noderig {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

std::string to_text(const tcp::endpoint& endpoint) {
  return fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
}

}  // namespace

// What outlives the Link until the last operation is over. Touched on the I/O thread only.
class Link::Core : public std::enable_shared_from_this<Link::Core> {
 public:
  Core(asio::io_context& io, const LinkPlace& place, const LinkFaults& faults, std::uint64_t seed)
      : io_(io),
        acceptor_(io),
        target_(asio::ip::make_address(place.target_host), place.target_port),
        source_(asio::ip::make_address(place.source), 0),
        seed_(seed),
        lanes_{Lane{faults}, Lane{faults}},
        disturbed_(io, asio::steady_timer::time_point::max()) {
    const tcp::endpoint here(asio::ip::make_address(place.host), place.port);
    error_code error;
    acceptor_.open(here.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(here, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (error) {
      throw EnvironmentError(
          fmt::format("a link cannot listen on {}: {}", to_text(here), error.message()));
    }
  }

  void start() { asio::co_spawn(io_, accept_all(shared_from_this()), rethrow); }

  // Runs `action` on the I/O thread and waits for it.
  template <typename Action>
  auto run(Action action) {
    std::packaged_task<decltype(action())()> task(std::move(action));
    auto result = task.get_future();
    asio::post(io_, [&task] { task(); });
    return result.get();
  }

  void close() {
    error_code ignored;
    acceptor_.close(ignored);
    cut();
    tunnels_.clear();  // which own the core, for its lanes
  }

  void cut() {
    ++cuts_;
    disturbed_.cancel();
    for (const auto& tunnel : tunnels()) tunnel->close();
  }

  // The lanes are no longer as they were.
  void wake() {
    disturbed_.cancel();
    for (const auto& tunnel : tunnels()) tunnel->wake();
  }

  std::vector<std::shared_ptr<Tunnel>> tunnels() {
    std::erase_if(tunnels_, [](const auto& tunnel) { return !tunnel->open(); });
    return tunnels_;
  }

  std::array<Lane, 2>& lanes() { return lanes_; }

 private:
  using Self = std::shared_ptr<Core>;

  static asio::awaitable<void> accept_all(Self self) {
    while (self->acceptor_.is_open()) {
      auto [error, near] = co_await self->acceptor_.async_accept(kAwait);
      if (error == asio::error::operation_aborted) co_return;
      if (error) continue;
      asio::co_spawn(self->io_, connect_on(self, std::move(near), self->accepted_++), rethrow);
    }
  }

  // A node that is not there closes the connection to it, as far as the near side can see.
  static asio::awaitable<void> connect_on(Self self, tcp::socket near, std::uint32_t number) {
    const auto cuts = self->cuts_;
    while (self->lanes_[0].held || self->lanes_[1].held) {
      co_await self->disturbed_.async_wait(kAwait);
      if (self->cuts_ != cuts) co_return;
    }
    tcp::socket far(self->io_);
    error_code error;
    far.open(self->target_.protocol(), error);
    if (!error) far.bind(self->source_, error);
    if (error) co_return;
    const auto [refused] = co_await far.async_connect(self->target_, kAwait);
    if (refused || self->cuts_ != cuts) co_return;
    // The lanes live as long as the core does.
    auto tunnel = std::make_shared<Tunnel>(
        std::move(near), std::move(far), std::shared_ptr<std::array<Lane, 2>>(self, &self->lanes_),
        TunnelSeed{self->seed_, number});
    self->tunnels_.push_back(tunnel);
    tunnel->start();
  }

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  const tcp::endpoint target_;
  const tcp::endpoint source_;
  const std::uint64_t seed_;
  std::array<Lane, 2> lanes_;     // Forth, Back
  asio::steady_timer disturbed_;  // never expires; for connections that wait for the lanes
  std::uint32_t accepted_ = 0;    // connections, so far
  std::uint32_t cuts_ = 0;
  std::vector<std::shared_ptr<Tunnel>> tunnels_;
};

namespace {

template <typename Action>
void each_way(Way way, Action action) {
  if (way != Way::Back) action(0);
  if (way != Way::Forth) action(1);
}

std::size_t index_of(Way way) {
  if (way == Way::Both) throw std::invalid_argument("a link's traffic is told one way at a time");
  return way == Way::Forth ? 0 : 1;
}

}  // namespace

Link::Link(asio::io_context& io, LinkPlace place, const LinkFaults& faults, std::uint64_t seed)
    : core_(std::make_shared<Core>(io, place, faults, seed)),
      address_(fmt::format("{}:{}", place.host, place.port)),
      target_address_(fmt::format("{}:{}", place.target_host, place.target_port)) {
  core_->start();
}

Link::~Link() {
  core_->run([&] { core_->close(); });
}

void Link::set_faults(const LinkFaults& faults, Way way) {
  core_->run([&] { each_way(way, [&](std::size_t i) { core_->lanes()[i].faults = faults; }); });
}

void Link::partition(Way way) {
  core_->run([&] { each_way(way, [&](std::size_t i) { core_->lanes()[i].held = true; }); });
}

void Link::heal(Way way) {
  core_->run([&] {
    each_way(way, [&](std::size_t i) { core_->lanes()[i].held = false; });
    core_->wake();
  });
}

void Link::cut() {
  core_->run([&] { core_->cut(); });
}

void Link::half_close(Way way) {
  core_->run([&] {
    for (const auto& tunnel : core_->tunnels()) {
      each_way(way, [&](std::size_t i) { tunnel->end(i); });
    }
  });
}

bool Link::passes_all() const {
  return core_->run([&] {
    return std::ranges::none_of(core_->lanes(),
                                [](const Lane& lane) { return lane.held || lane.faults.lose > 0; });
  });
}

LinkTraffic Link::traffic(Way way) const {
  return core_->run([&] { return core_->lanes()[index_of(way)].traffic; });
}

std::size_t Link::connections() const {
  return core_->run([&] { return core_->tunnels().size(); });
}

std::vector<std::string> Link::onward_addresses() const {
  return core_->run([&] {
    std::vector<std::string> addresses;
    for (const auto& tunnel : core_->tunnels()) addresses.push_back(to_text(tunnel->onward()));
    return addresses;
  });
}

}  // namespace noderig
