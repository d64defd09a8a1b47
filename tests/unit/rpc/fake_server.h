// An HTTP server that answers RPC requests as a test tells it to, badly if need be. It runs on a
// thread of its own, where the handler runs too; all public functions are for the test's thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace noderig::rpc::test {

struct Request {
  std::size_t connection;  // counted from 0
  std::string target;
  std::string authorization;
  nlohmann::json body;  // discarded when it is no JSON
  std::string verb{};   // "GET"
  std::string text{};   // the body as it came
};

// What the server does about a request: it sends `bytes`, if any, and keeps the connection, closes
// it, or (hold) answers nothing until release() or the client's end of the connection.
struct Answer {
  enum class Then { Keep, Close, Hold };

  std::string bytes;
  Then then = Then::Keep;
};

// A whole HTTP reply.
std::string http_reply(int status, const std::string& body);
// A whole HTTP reply with a result, or an error object, for the request's id.
std::string result_reply(const Request& request, const nlohmann::json& result);
std::string error_reply(const Request& request, int status, const nlohmann::json& error);

class FakeServer {
 public:
  using Handler = std::function<Answer(const Request&)>;

  explicit FakeServer(Handler handler);
  ~FakeServer();

  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t accepted() const;
  std::vector<Request> requests() const;

  // Each waits for the event and returns whether it came before the test has to give up.
  bool wait_for_requests(std::size_t count);
  bool wait_for_closed_by_client(std::size_t count);

  // Answers every request that is held, with its own id, by the result.
  void release(const nlohmann::json& result);
  // Closes all connections and returns when that is done.
  void close_connections();

 private:
  struct Session;

  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(std::shared_ptr<Session> session);
  template <typename Predicate>
  bool wait(Predicate predicate);

  Handler handler_;
  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_;
  std::map<std::size_t, std::shared_ptr<Session>> sessions_;  // the server thread's

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t accepted_ = 0;
  std::size_t closed_by_client_ = 0;
  std::vector<Request> requests_;

  std::thread thread_;
};

}  // namespace noderig::rpc::test
