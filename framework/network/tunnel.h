// One connection through a Link: what comes in at one end is cut into messages, which wait for
// their time and go out at the other. Internal to framework/network. Owned jointly by the link and
// by the operations that are under way; touched on the I/O thread only.
#pragma once

#include <noderig/framework/network/link.h>
#include <noderig/p2p/transport/v1.h>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <random>

namespace noderig {

// One way through a link, for all its connections.
struct Lane {
  LinkFaults faults;
  bool held = false;  // partitioned
  LinkTraffic traffic{};
};

// What decides about a connection's faults.
struct TunnelSeed {
  std::uint64_t link = 0;
  std::uint32_t connection = 0;  // its number
};

class Tunnel : public std::enable_shared_from_this<Tunnel> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  // Lane 0 leads from `near` to `far`, lane 1 back.
  Tunnel(Socket near, Socket far, std::shared_ptr<std::array<Lane, 2>> lanes, TunnelSeed seed);

  void start();
  void close();
  bool open() const { return open_; }
  // A lane is no longer held, or there is something new to do.
  void wake();
  // Takes no more of that lane, and ends it once what has come is passed on.
  void end(std::size_t lane);

  boost::asio::ip::tcp::endpoint onward() const { return onward_; }

 private:
  using Clock = std::chrono::steady_clock;
  using Self = std::shared_ptr<Tunnel>;

  struct Packet {
    Clock::time_point due;
    std::string command;
    Bytes bytes;
  };

  struct Stream {
    Socket* from;
    Socket* to;
    boost::asio::steady_timer changed;  // never expires by itself, but for a packet's time
    std::mt19937_64 sizes;              // of the writes
    std::uint32_t messages = 0;         // that have come
    std::deque<Packet> waiting{};
    bool ended = false;   // nothing more comes
    bool broken = false;  // since what came is no message
    bool closed = false;  // and all of it has gone
  };

  static boost::asio::awaitable<void> take_in(Self self, std::size_t lane);
  static boost::asio::awaitable<void> pass_on(Self self, std::size_t lane);
  // False when the other side takes no more.
  static boost::asio::awaitable<bool> write(Self self, std::size_t lane, Packet packet);
  // Waits until the tunnel is closed or the lane not held.
  static boost::asio::awaitable<void> await_open(Self self, std::size_t lane);
  void accept(std::size_t lane, p2p::RawMessage message);

  Socket near_;
  Socket far_;
  std::shared_ptr<std::array<Lane, 2>> lanes_;
  const TunnelSeed seed_;
  std::array<Stream, 2> streams_;
  boost::asio::ip::tcp::endpoint onward_;
  bool open_ = true;
};

}  // namespace noderig
