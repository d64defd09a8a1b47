#include <noderig/rpc/pool.h>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace noderig::rpc::detail {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Kind = TransportError::Kind;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t kMaxReplyBytes = 512ULL << 20;

tcp::endpoint endpoint_of(const ClientOptions& options) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options.host, error);
  if (error) throw std::invalid_argument("RPC host is no IP address: " + options.host);
  return {address, options.port};
}

std::string to_text(const tcp::endpoint& endpoint) {
  std::ostringstream out;
  out << endpoint;
  return out.str();
}

std::string describe_credentials(const ClientOptions& options) {
  if (const auto* cookie = std::get_if<CookieFile>(&options.auth)) {
    return "cookie file " + cookie->path.string();
  }
  return "user " + std::get<UserPassword>(options.auth).user;
}

std::string basic_authorization(const std::string& user_and_password) {
  std::string base64(4 * ((user_and_password.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                                   reinterpret_cast<const unsigned char*>(user_and_password.data()),
                                   static_cast<int>(user_and_password.size()));
  base64.resize(static_cast<std::size_t>(size));
  return "Basic " + base64;
}

std::string read_cookie(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file(path);
  std::string cookie;
  if (!std::getline(file, cookie) && errno != 0) {
    throw Failure{Kind::BadCookie,
                  fmt::format("cookie file {} can't be read: {}; is the node up, and is this its "
                              "data directory?",
                              path.string(), std::strerror(errno))};
  }
  if (cookie.find(':') == std::string::npos) {
    throw Failure{Kind::BadCookie, fmt::format("cookie file {} holds no user:password but {} bytes",
                                               path.string(), cookie.size())};
  }
  return cookie;
}

// Why reading a reply failed. `begun`: some of it came.
Failure read_failure(const boost::system::error_code& error, bool begun) {
  if (error.category() == http::make_error_code(http::error::bad_version).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    if (error == http::error::body_limit) {
      return {Kind::BadReply, fmt::format("the reply is larger than {} bytes", kMaxReplyBytes)};
    }
    return {Kind::BadReply,
            "the reply is not HTTP (" + error.message() + "); does a node listen there?"};
  }
  const std::string what = error == http::error::end_of_stream || error == asio::error::eof ||
                                   error == http::error::partial_message
                               ? "closed by the node"
                               : error.message();
  if (begun) {
    return {Kind::HalfReply, fmt::format("the connection broke within the reply ({}); the node may "
                                         "have died: see its exit status and log",
                                         what)};
  }
  return {Kind::Closed,
          fmt::format("the connection broke before any reply ({}), so the call may or may not have "
                      "taken effect; the node may have died: see its exit status and log",
                      what)};
}

std::string timeout_text(const Exchange& exchange) {
  const char* progress = "";
  switch (exchange.stage.load()) {
    case Stage::Queued:
      progress = "the I/O thread has not taken it up: it is blocked or gone";
      break;
    case Stage::Connecting:
      progress = "still connecting";
      break;
    case Stage::Waiting:
      progress =
          "the node took the request and sent nothing back: it works on it or hangs, see "
          "its log";
      break;
    case Stage::Receiving:
      progress = "the reply has begun and did not end";
      break;
  }
  return fmt::format("no reply within {} ms; {}", exchange.timeout.count(), progress);
}

std::string describe_wait(const ClientOptions& options, const Exchange& exchange) {
  constexpr std::size_t kShown = 300;
  const std::string& call = exchange.get ? exchange.method : exchange.body;
  return fmt::format("{}: waits for the reply to {:.{}}{}", options.node, call, kShown,
                     call.size() > kShown ? "..." : "");
}

}  // namespace

struct Connection {
  explicit Connection(asio::io_context& io) : socket(io) {}

  tcp::socket socket;
  boost::beast::flat_buffer buffer;
};

Pool::Pool(asio::io_context& io, ClientOptions options)
    : io_(io),
      options_(std::move(options)),
      node_(endpoint_of(options_)),
      host_header_(to_text(node_)),
      credentials_(describe_credentials(options_)) {}

Pool::~Pool() = default;

void Pool::refuse_io_thread() const {
  if (io_.get_executor().running_in_this_thread()) {
    throw std::logic_error("RPC call on the I/O thread, which would wait for itself");
  }
}

TransportError Pool::interrupted(const std::string& method) const {
  return TransportError(Kind::Interrupted, options_.node, method, "interrupted: " + *interrupted_);
}

void Pool::submit(const std::shared_ptr<Exchange>& exchange) {
  {
    const std::lock_guard lock(mutex_);
    if (interrupted_) throw interrupted(exchange->method);
    under_way_.insert(exchange);
    if (options_.on_wait) exchange->wait = options_.on_wait(describe_wait(options_, *exchange));
  }
  // The lambda keeps the pool alive as long as the coroutine runs.
  asio::co_spawn(
      io_, [self = shared_from_this(), exchange] { return self->run(exchange); }, asio::detached);
}

Reply Pool::wait(const std::shared_ptr<Exchange>& exchange) {
  if (!exchange->wait_until(exchange->begun + exchange->timeout)) {
    abandon(exchange, {Kind::Timeout, timeout_text(*exchange)});
  }
  {
    const std::lock_guard lock(mutex_);
    under_way_.erase(exchange);
    exchange->wait.reset();
  }
  Outcome outcome = exchange->take();
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    throw TransportError(failure->kind, options_.node, exchange->method, failure->text);
  }
  if (const auto* exception = std::get_if<std::exception_ptr>(&outcome)) {
    std::rethrow_exception(*exception);
  }
  return std::move(std::get<Reply>(outcome));
}

void Pool::abandon(const std::shared_ptr<Exchange>& exchange, Failure failure) {
  {
    const std::lock_guard lock(mutex_);
    under_way_.erase(exchange);
    exchange->wait.reset();
  }
  if (!exchange->finish(std::move(failure))) return;
  asio::post(io_, [self = shared_from_this(), exchange] {
    boost::system::error_code ignored;
    if (exchange->connection) exchange->connection->socket.close(ignored);
  });
}

void Pool::interrupt(std::string reason) {
  std::set<std::shared_ptr<Exchange>> under_way;
  {
    const std::lock_guard lock(mutex_);
    if (!interrupted_) interrupted_ = reason;
    under_way.swap(under_way_);
  }
  for (const auto& exchange : under_way) {
    abandon(exchange, {Kind::Interrupted, "interrupted: " + reason});
  }
}

void Pool::read_credentials() {
  if (const auto* cookie = std::get_if<CookieFile>(&options_.auth)) {
    authorization_ = basic_authorization(read_cookie(cookie->path));
  } else {
    const auto& [user, password] = std::get<UserPassword>(options_.auth);
    authorization_ = basic_authorization(user + ":" + password);
  }
}

asio::awaitable<void> Pool::run(std::shared_ptr<Exchange> exchange) {
  try {
    Reply reply = co_await round_trip(*exchange);
    if (reply.status == 401) {
      // The node may have written its cookie after this connection was made.
      read_credentials();
      if (authorization_ != exchange->authorization) reply = co_await round_trip(*exchange);
    }
    exchange->finish(std::move(reply));
  } catch (Failure& failure) {
    exchange->finish(std::move(failure));
  } catch (...) {
    exchange->finish(std::current_exception());
  }
  exchange->connection.reset();
}

// The connection that has been idle for the shortest time, if the node has not closed it.
std::shared_ptr<Connection> Pool::take_idle() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    boost::system::error_code error;
    char byte = 0;
    connection->socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
    if (error == asio::error::would_block) return connection;
  }
  return nullptr;
}

asio::awaitable<void> Pool::connect(Exchange& exchange) {
  exchange.stage = Stage::Connecting;
  exchange.connection = std::make_shared<Connection>(io_);
  tcp::socket& socket = exchange.connection->socket;
  auto [error] = co_await socket.async_connect(node_, kAwait);
  if (!error) socket.set_option(tcp::no_delay(true), error);
  if (!error) socket.non_blocking(true, error);
  if (error) {
    throw Failure{Kind::Connect, fmt::format("can't connect to {}: {}; is the node up, and does it "
                                             "listen there (-rpcbind, -rpcport)?",
                                             host_header_, error.message())};
  }
}

asio::awaitable<Reply> Pool::round_trip(Exchange& exchange) {
  http::request<http::string_body> request{exchange.get ? http::verb::get : http::verb::post,
                                           exchange.endpoint, 11};
  request.set(http::field::host, host_header_);
  if (!exchange.get) {
    request.set(http::field::content_type, "application/json");
    request.body() = exchange.body;
  }
  request.prepare_payload();

  exchange.connection = take_idle();
  bool reused = exchange.connection != nullptr;
  std::optional<Failure> closed_while_idle;
  for (;;) {
    if (exchange.finished()) throw Failure{Kind::Interrupted, "abandoned"};
    if (!reused) {
      try {
        co_await connect(exchange);
        // A node that was restarted has closed all connections and has another cookie; asking
        // with the old one first would cost the quarter of a second a node takes to refuse it.
        read_credentials();
      } catch (const Failure&) {
        // Not being able to connect again is the lesser news.
        if (closed_while_idle) throw *closed_while_idle;
        throw;
      }
    }
    exchange.authorization = authorization_;
    request.set(http::field::authorization, authorization_);
    Connection& connection = *exchange.connection;
    exchange.stage = Stage::Waiting;
    // A node may answer and close before it has read all of a large request, so only reading
    // tells whether the exchange failed.
    co_await http::async_write(connection.socket, request, kAwait);
    http::response_parser<http::string_body> parser;
    parser.body_limit(kMaxReplyBytes);
    auto [error, size] =
        co_await http::async_read_header(connection.socket, connection.buffer, parser, kAwait);
    if (!error && !parser.is_done()) {
      exchange.stage = Stage::Receiving;
      std::tie(error, size) =
          co_await http::async_read(connection.socket, connection.buffer, parser, kAwait);
    }
    if (!error) {
      Reply reply{static_cast<int>(parser.get().result_int()), std::move(parser.get().body()),
                  std::string(parser.get()[http::field::content_type])};
      // Bytes left over belong to no request: the next reply could not be told from them.
      if (parser.keep_alive() && connection.buffer.size() == 0 && !exchange.finished() &&
          idle_.size() < options_.max_idle) {
        idle_.push_back(exchange.connection);
      }
      exchange.connection.reset();
      co_return reply;
    }
    const bool begun = parser.got_some();
    Failure failure = read_failure(error, begun);
    // The node may have closed the connection while it was idle: just as the request went out,
    // too late for take_idle() to see. On a new connection the request is never sent twice.
    if (!reused || begun) throw failure;
    reused = false;
    closed_while_idle = std::move(failure);
  }
}

}  // namespace noderig::rpc::detail
