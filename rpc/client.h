// JSON-RPC over HTTP to one node. A Client is a cheap handle that can be copied; copies and the
// clients that wallet() returns share one pool of keep-alive connections. Its sockets live on the
// thread that runs the io_context; every other thread may call, several at once, and blocks until
// the reply is there. The io_context must outlive every Client and PendingCall made with it.
#pragma once

#include <noderig/rpc/errors.h>
#include <noderig/rpc/http.h>
#include <noderig/rpc/json.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace noderig::rpc {

// The file in which a node leaves "user:password" for local clients. Read whenever
// a connection is made, and once more after an HTTP 401: a node that was restarted has a new one.
struct CookieFile {
  std::filesystem::path path;
};

struct UserPassword {
  std::string user;
  std::string password;
};

// One call, as ClientOptions::trace sees it. The references are valid during the trace call only.
struct CallRecord {
  std::chrono::system_clock::time_point started;
  std::chrono::microseconds duration;
  std::string_view node;
  const std::optional<std::string>& wallet;
  std::string_view method;
  const Json& params;
  const Json* result;      // null when the call failed
  std::string_view error;  // empty when it did not
};

struct BatchCall {
  std::string method;
  Json params = Json::array();
};

// What a call came to: a result or the error the node gave for it.
class BatchResult {
 public:
  explicit BatchResult(Json value) : outcome_(std::move(value)) {}
  explicit BatchResult(RpcError error) : outcome_(std::move(error)) {}

  bool ok() const { return outcome_.index() == 0; }
  // The result. Throws the RpcError if that is what it is.
  const Json& value() const;
  // Null when ok().
  const RpcError* error() const { return std::get_if<RpcError>(&outcome_); }

 private:
  std::variant<Json, RpcError> outcome_;
};

struct ClientOptions {
  std::string node = "node";       // what errors and traces call the node
  std::string host = "127.0.0.1";  // an IP address, no name
  std::uint16_t port = 0;
  std::variant<CookieFile, UserPassword> auth = {};
  std::optional<std::string> wallet = {};     // nullopt: "/"; "": the wallet without a name
  std::chrono::milliseconds timeout{60'000};  // a call's whole time, connecting included
  std::size_t max_idle = 16;                  // connections kept open between calls
  // Called when a call goes out, with what is waited for. The wait has ended when the result goes.
  std::function<std::shared_ptr<void>(std::string what)> on_wait = {};
  // Runs on the calling thread when a call ends (for start(): in get() or when it is dropped), so
  // it may be entered by several threads at once. It must not throw. Unset, it costs nothing.
  std::function<void(const CallRecord&)> trace = {};
  // May change what a call came to before the caller and the trace see it, as if the node had
  // answered so. Runs on the calling thread, also for each call of a batch; not for failures of the
  // transport, nor for http_get() and http_post(). Unset, it costs nothing.
  std::function<void(std::string_view method, BatchResult& outcome)> filter = {};
};

namespace detail {
class Pool;
struct Exchange;
}  // namespace detail

// A call under way, on a connection of its own. Movable; one thread at a time. Dropping it
// unfinished closes its connection (the node may go on working on the request for a while).
class PendingCall {
 public:
  PendingCall(PendingCall&&) noexcept;
  PendingCall& operator=(PendingCall&&) noexcept;
  ~PendingCall();

  // Waits for the reply and returns its result; throws as Client::call does. To be called once.
  Json get();

  // Waits for at most `time`; true when get() will not block.
  bool wait_for(std::chrono::milliseconds time) const;

  // Drops the call now. get() then throws TransportError (Interrupted).
  void cancel();

 private:
  friend class Client;
  PendingCall(std::shared_ptr<detail::Pool> pool, std::shared_ptr<detail::Exchange> exchange);
  void drop();

  std::shared_ptr<detail::Pool> pool_;
  std::shared_ptr<detail::Exchange> exchange_;
};

class Client {
 public:
  // Connects to nothing yet. Throws std::invalid_argument when options.host is no IP address.
  Client(boost::asio::io_context& io, ClientOptions options);

  // Calls `method` and returns the result. `params`: an array is positional, an object is named.
  // Throws RpcError or TransportError; std::logic_error on the I/O thread, which it would block
  // for ever; std::invalid_argument when params is neither array nor object.
  Json call(std::string_view method, Json params = Json::array()) const;

  // The same with another timeout.
  Json call_with_timeout(std::chrono::milliseconds timeout, std::string_view method,
                         Json params = Json::array()) const;

  // call() with each argument converted to Json: rpc("getblock", hash, 2). Types convert through
  // their to_json.
  template <typename... Args>
  Json operator()(std::string_view method, Args&&... args) const {
    Json params = Json::array();
    (params.push_back(Json(std::forward<Args>(args))), ...);
    return call(method, std::move(params));
  }

  // call() with named parameters: rpc.named("getblock", {{"blockhash", hash}}).
  Json named(std::string_view method, Json object) const;

  // Sends all calls as one request; the answers come in the order of `calls`, whatever order the
  // node wrote them in. Throws when there is no usable answer to the request as a whole.
  std::vector<BatchResult> batch(const std::vector<BatchCall>& calls) const;

  // Starts a call and returns at once. The timeout, if none is given the client's, counts from
  // here and shows in get(). For long polls, which must not hold up other calls.
  PendingCall start(std::string_view method, Json params = Json::array(),
                    std::optional<std::chrono::milliseconds> timeout = std::nullopt) const;

  // Asks for any target of the node's HTTP server, such as "/rest/chaininfo.json", which goes out
  // as it is written; the answer whatever its status. Throws TransportError when there is none.
  HttpReply http_get(const std::string& target) const;
  HttpReply http_post(const std::string& target, std::string body) const;

  // The same node and connections, at the endpoint of the wallet `name`.
  Client wallet(std::string name) const;

  // Makes all calls under way and all later ones, of every client that shares these connections,
  // throw TransportError (Interrupted) with `reason`. Any thread, the I/O thread too.
  void interrupt(std::string reason) const;

  // What errors call the node.
  const std::string& node() const;
  const std::optional<std::string>& wallet_name() const { return wallet_; }

 private:
  Client(std::shared_ptr<detail::Pool> pool, std::optional<std::string> wallet);
  std::shared_ptr<detail::Exchange> submit(std::string method, const Json& request,
                                           std::uint64_t id,
                                           std::chrono::milliseconds timeout) const;
  HttpReply http(std::string method, const std::string& target, bool get, std::string body) const;

  std::shared_ptr<detail::Pool> pool_;
  std::optional<std::string> wallet_;
  std::string endpoint_;
};

}  // namespace noderig::rpc
