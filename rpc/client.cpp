#include <noderig/rpc/client.h>
#include <noderig/rpc/exchange.h>
#include <noderig/rpc/pool.h>
#include <noderig/rpc/reply.h>

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace noderig::rpc {
namespace {

using detail::Exchange;
using detail::Pool;

// A path segment: everything but RFC 3986's unreserved characters as %XX.
std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string endpoint_of(const std::optional<std::string>& wallet) {
  return wallet ? "/wallet/" + percent_encode(*wallet) : "/";
}

Json request_json(std::string_view method, Json params, std::uint64_t id) {
  if (!params.is_array() && !params.is_object()) {
    throw std::invalid_argument(fmt::format("{}: params must be a JSON array or object, not {}",
                                            method, params.type_name()));
  }
  // No "jsonrpc" member: nodes of all ages then answer in the same way.
  Json request = Json::object();
  request["id"] = id;
  request["method"] = method;
  request["params"] = std::move(params);
  return request;
}

std::string to_body(std::string_view method, const Json& request) {
  try {
    return request.dump();
  } catch (const Json::type_error& error) {
    throw std::invalid_argument(fmt::format("{}: params can't be sent: {}", method, error.what()));
  }
}

void trace(const Pool& pool, const Exchange& exchange, std::string_view method, const Json& params,
           const Json* result, std::string_view error) {
  if (!pool.options().trace) return;
  pool.options().trace(CallRecord{.started = exchange.started,
                                  .duration = std::chrono::duration_cast<std::chrono::microseconds>(
                                      Exchange::Clock::now() - exchange.begun),
                                  .node = pool.options().node,
                                  .wallet = exchange.wallet,
                                  .method = method,
                                  .params = params,
                                  .result = result,
                                  .error = error});
}

// The result of a call, as the filter leaves it. Throws RpcError or TransportError.
Json take_result(const Pool& pool, const Exchange& exchange, const detail::Reply& reply) {
  const detail::Origin origin{pool.options().node, exchange.method, pool.credentials()};
  if (!pool.options().filter) return detail::decode_reply(origin, exchange.id, reply);
  BatchResult outcome{Json()};
  try {
    outcome = BatchResult(detail::decode_reply(origin, exchange.id, reply));
  } catch (const RpcError& error) {
    outcome = BatchResult(error);
  }
  pool.options().filter(exchange.method, outcome);
  return outcome.value();
}

Json wait_for_result(Pool& pool, const std::shared_ptr<Exchange>& exchange) {
  Json result;
  try {
    const detail::Reply reply = pool.wait(exchange);
    result = take_result(pool, *exchange, reply);
  } catch (const std::exception& error) {
    trace(pool, *exchange, exchange->method, exchange->params, nullptr, error.what());
    throw;
  }
  trace(pool, *exchange, exchange->method, exchange->params, &result, {});
  return result;
}

}  // namespace

const Json& BatchResult::value() const {
  if (const RpcError* failed = error()) throw *failed;
  return std::get<Json>(outcome_);
}

PendingCall::PendingCall(std::shared_ptr<detail::Pool> pool,
                         std::shared_ptr<detail::Exchange> exchange)
    : pool_(std::move(pool)), exchange_(std::move(exchange)) {}

PendingCall::PendingCall(PendingCall&&) noexcept = default;

PendingCall& PendingCall::operator=(PendingCall&& other) noexcept {
  if (this != &other) {
    drop();
    pool_ = std::move(other.pool_);
    exchange_ = std::move(other.exchange_);
  }
  return *this;
}

PendingCall::~PendingCall() {
  drop();
}

void PendingCall::drop() {
  if (!exchange_) return;
  cancel();
  trace(*pool_, *exchange_, exchange_->method, exchange_->params, nullptr, "dropped");
}

void PendingCall::cancel() {
  if (!exchange_) return;
  pool_->abandon(exchange_, {TransportError::Kind::Interrupted, "cancelled by the caller"});
}

bool PendingCall::wait_for(std::chrono::milliseconds time) const {
  if (!exchange_) throw std::logic_error("PendingCall: the result was taken already");
  pool_->refuse_io_thread();
  const auto deadline = exchange_->begun + exchange_->timeout;
  return exchange_->wait_until(std::min(Exchange::Clock::now() + time, deadline)) ||
         Exchange::Clock::now() >= deadline;
}

Json PendingCall::get() {
  if (!exchange_) throw std::logic_error("PendingCall: the result was taken already");
  pool_->refuse_io_thread();
  const auto exchange = std::move(exchange_);
  return wait_for_result(*pool_, exchange);
}

Client::Client(boost::asio::io_context& io, ClientOptions options) : wallet_(options.wallet) {
  endpoint_ = endpoint_of(wallet_);
  pool_ = std::make_shared<detail::Pool>(io, std::move(options));
}

Client::Client(std::shared_ptr<detail::Pool> pool, std::optional<std::string> wallet)
    : pool_(std::move(pool)), wallet_(std::move(wallet)), endpoint_(endpoint_of(wallet_)) {}

HttpReply Client::http(std::string method, const std::string& target, bool get,
                       std::string body) const {
  pool_->refuse_io_thread();
  const auto exchange = std::make_shared<Exchange>();
  exchange->method = std::move(method);
  exchange->endpoint = target;
  exchange->get = get;
  exchange->body = std::move(body);
  exchange->timeout = pool_->options().timeout;
  exchange->started = std::chrono::system_clock::now();
  exchange->begun = Exchange::Clock::now();
  pool_->submit(exchange);
  try {
    detail::Reply reply = pool_->wait(exchange);
    const Json shown = {{"status", reply.status}, {"bytes", reply.body.size()}};
    trace(*pool_, *exchange, exchange->method, Json::array(), &shown, {});
    std::string& type = reply.content_type;
    return {reply.status, type.substr(0, type.find_first_of("; ")), std::move(reply.body)};
  } catch (const std::exception& error) {
    trace(*pool_, *exchange, exchange->method, Json::array(), nullptr, error.what());
    throw;
  }
}

HttpReply Client::http_get(const std::string& target) const {
  return http("GET " + target, target, true, {});
}

HttpReply Client::http_post(const std::string& target, std::string body) const {
  return http("POST " + target, target, false, std::move(body));
}

std::shared_ptr<Exchange> Client::submit(std::string method, const Json& request, std::uint64_t id,
                                         std::chrono::milliseconds timeout) const {
  auto exchange = std::make_shared<Exchange>();
  exchange->body = to_body(method, request);
  exchange->method = std::move(method);
  exchange->endpoint = endpoint_;
  exchange->id = id;
  exchange->timeout = timeout;
  exchange->wallet = wallet_;
  exchange->started = std::chrono::system_clock::now();
  exchange->begun = Exchange::Clock::now();
  pool_->submit(exchange);
  return exchange;
}

PendingCall Client::start(std::string_view method, Json params,
                          std::optional<std::chrono::milliseconds> timeout) const {
  const std::uint64_t id = pool_->next_ids(1);
  Json request = request_json(method, std::move(params), id);
  auto exchange =
      submit(std::string(method), request, id, timeout.value_or(pool_->options().timeout));
  if (pool_->options().trace) exchange->params = std::move(request["params"]);
  return PendingCall(pool_, std::move(exchange));
}

Json Client::call_with_timeout(std::chrono::milliseconds timeout, std::string_view method,
                               Json params) const {
  pool_->refuse_io_thread();
  return start(method, std::move(params), timeout).get();
}

Json Client::call(std::string_view method, Json params) const {
  return call_with_timeout(pool_->options().timeout, method, std::move(params));
}

Json Client::named(std::string_view method, Json object) const {
  if (!object.is_object()) {
    throw std::invalid_argument(fmt::format("{}: named parameters must be a JSON object, not {}",
                                            method, object.type_name()));
  }
  return call(method, std::move(object));
}

std::vector<BatchResult> Client::batch(const std::vector<BatchCall>& calls) const {
  pool_->refuse_io_thread();
  if (calls.empty()) return {};
  const std::uint64_t first_id = pool_->next_ids(calls.size());
  Json requests = Json::array();
  for (const BatchCall& call : calls) {
    requests.push_back(request_json(call.method, call.params, first_id + requests.size()));
  }
  const auto exchange = submit(fmt::format("batch of {} ({}{})", calls.size(), calls.front().method,
                                           calls.size() > 1 ? ", ..." : ""),
                               requests, first_id, pool_->options().timeout);
  std::vector<BatchResult> results;
  try {
    const detail::Reply reply = pool_->wait(exchange);
    results = detail::decode_batch({node(), exchange->method, pool_->credentials()}, first_id,
                                   calls, reply);
  } catch (const std::exception& error) {
    for (const BatchCall& call : calls) {
      trace(*pool_, *exchange, call.method, call.params, nullptr, error.what());
    }
    throw;
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (pool_->options().filter) pool_->options().filter(calls[i].method, results[i]);
    const RpcError* error = results[i].error();
    trace(*pool_, *exchange, calls[i].method, calls[i].params,
          error ? nullptr : &results[i].value(), error ? error->what() : "");
  }
  return results;
}

Client Client::wallet(std::string name) const {
  return Client(pool_, std::move(name));
}

void Client::interrupt(std::string reason) const {
  pool_->interrupt(std::move(reason));
}

const std::string& Client::node() const {
  return pool_->options().node;
}

}  // namespace noderig::rpc
