// The keep-alive connections to one node, and the exchanges that run on them. Internal to rpc:
// shared by a Client, its copies and its wallets' clients, and by the coroutines under way. What is
// not marked otherwise may be called by any thread; sockets and the cookie are the I/O thread's.
#pragma once

#include <noderig/rpc/client.h>
#include <noderig/rpc/exchange.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace noderig::rpc::detail {

class Pool : public std::enable_shared_from_this<Pool> {
 public:
  // Throws std::invalid_argument when options.host is no IP address.
  Pool(boost::asio::io_context& io, ClientOptions options);
  ~Pool();

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  const ClientOptions& options() const { return options_; }
  // "cookie file /path" or "user bob".
  const std::string& credentials() const { return credentials_; }
  // The first of `count` ids that no other request has.
  std::uint64_t next_ids(std::size_t count) { return next_id_.fetch_add(count); }
  // Throws std::logic_error on the I/O thread, which must not wait for itself.
  void refuse_io_thread() const;

  // Hands the exchange to the I/O thread. Throws TransportError after interrupt().
  void submit(const std::shared_ptr<Exchange>& exchange);
  // Blocks until the outcome or the exchange's timeout. Throws TransportError.
  Reply wait(const std::shared_ptr<Exchange>& exchange);
  // Ends the exchange, if it has not ended, with `failure`, and closes its connection.
  void abandon(const std::shared_ptr<Exchange>& exchange, Failure failure);
  void interrupt(std::string reason);

 private:
  // All on the I/O thread.
  boost::asio::awaitable<void> run(std::shared_ptr<Exchange> exchange);
  boost::asio::awaitable<Reply> round_trip(Exchange& exchange);
  boost::asio::awaitable<void> connect(Exchange& exchange);
  std::shared_ptr<Connection> take_idle();
  void read_credentials();

  TransportError interrupted(const std::string& method) const;  // with mutex_ held

  boost::asio::io_context& io_;
  const ClientOptions options_;
  const boost::asio::ip::tcp::endpoint node_;
  const std::string host_header_;
  const std::string credentials_;
  std::atomic<std::uint64_t> next_id_ = 1;

  // The I/O thread's.
  std::vector<std::shared_ptr<Connection>> idle_;
  std::string authorization_;  // the HTTP header's value, as of the newest connection

  mutable std::mutex mutex_;
  std::set<std::shared_ptr<Exchange>> under_way_;  // from submit() to the end of the caller's wait
  std::optional<std::string> interrupted_;
};

}  // namespace noderig::rpc::detail
