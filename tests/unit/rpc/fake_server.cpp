#include "fake_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <future>
#include <optional>

namespace noderig::rpc::test {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

}  // namespace

std::string http_reply(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Status\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string result_reply(const Request& request, const nlohmann::json& result) {
  return http_reply(
      200,
      nlohmann::json{{"result", result}, {"error", nullptr}, {"id", request.body["id"]}}.dump());
}

std::string error_reply(const Request& request, int status, const nlohmann::json& error) {
  return http_reply(
      status,
      nlohmann::json{{"result", nullptr}, {"error", error}, {"id", request.body["id"]}}.dump());
}

struct FakeServer::Session {
  explicit Session(tcp::socket connected, std::size_t number)
      : socket(std::move(connected)), index(number) {}

  tcp::socket socket;
  std::size_t index;
  boost::beast::flat_buffer buffer;
  std::optional<Request> held;
};

FakeServer::FakeServer(Handler handler)
    : handler_(std::move(handler)),
      acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()) {
  asio::co_spawn(context_, accept(), asio::detached);
  thread_ = std::thread([this] { context_.run(); });
}

FakeServer::~FakeServer() {
  context_.stop();
  thread_.join();
}

std::size_t FakeServer::accepted() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

std::vector<Request> FakeServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

template <typename Predicate>
bool FakeServer::wait(Predicate predicate) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(20), predicate);
}

bool FakeServer::wait_for_requests(std::size_t count) {
  return wait([this, count] { return requests_.size() >= count; });
}

bool FakeServer::wait_for_closed_by_client(std::size_t count) {
  return wait([this, count] { return closed_by_client_ >= count; });
}

void FakeServer::release(const nlohmann::json& result) {
  asio::post(context_, [this, result] {
    for (auto& [index, session] : sessions_) {
      if (!session->held) continue;
      asio::write(session->socket, asio::buffer(result_reply(*session->held, result)));
      session->held.reset();
    }
  });
}

void FakeServer::close_connections() {
  std::promise<void> closed;
  asio::post(context_, [this, &closed] {
    for (auto& [index, session] : sessions_) session->socket.close();
    sessions_.clear();
    closed.set_value();
  });
  closed.get_future().wait();
}

asio::awaitable<void> FakeServer::accept() {
  for (;;) {
    auto [error, socket] = co_await acceptor_.async_accept(kAwait);
    if (error) co_return;
    socket.set_option(tcp::no_delay(true));
    std::shared_ptr<Session> session;
    {
      const std::lock_guard lock(mutex_);
      session = std::make_shared<Session>(std::move(socket), accepted_++);
    }
    sessions_[session->index] = session;
    asio::co_spawn(context_, serve(session), asio::detached);
  }
}

asio::awaitable<void> FakeServer::serve(std::shared_ptr<Session> session) {
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    auto [error, size] =
        co_await http::async_read(session->socket, session->buffer, parser, kAwait);
    if (error) break;
    auto message = parser.release();
    Request request{session->index,
                    std::string(message.target()),
                    std::string(message[http::field::authorization]),
                    nlohmann::json::parse(message.body(), nullptr, false),
                    std::string(message.method_string()),
                    message.body()};
    const Answer answer = handler_(request);
    if (answer.then == Answer::Then::Hold) session->held = request;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(std::move(request));
    }
    changed_.notify_all();
    if (!answer.bytes.empty()) {
      co_await asio::async_write(session->socket, asio::buffer(answer.bytes), kAwait);
    }
    if (answer.then == Answer::Then::Close) {
      session->socket.close();
      break;
    }
  }
  // A session that the server closed is no longer open here.
  const bool by_client = session->socket.is_open();
  session->socket.close();
  sessions_.erase(session->index);
  if (by_client) {
    {
      const std::lock_guard lock(mutex_);
      ++closed_by_client_;
    }
    changed_.notify_all();
  }
}

}  // namespace noderig::rpc::test
