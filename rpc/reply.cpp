#include <noderig/rpc/reply.h>

#include <fmt/format.h>

#include <optional>

namespace noderig::rpc::detail {
namespace {

using Kind = TransportError::Kind;

[[noreturn]] void fail(const Origin& origin, Kind kind, const std::string& text) {
  throw TransportError(kind, origin.node, origin.method, text);
}

// The start of a body, fit for one line of text.
std::string excerpt(const std::string& body) {
  constexpr std::size_t kLength = 120;
  if (body.empty()) return "an empty body";
  std::string text = body.substr(0, kLength);
  for (char& c : text) {
    if (c < ' ' || c > '~') c = c == '\n' || c == '\t' ? ' ' : '?';
  }
  return fmt::format("\"{}\"{}", text,
                     body.size() > kLength ? fmt::format("... ({} bytes)", body.size()) : "");
}

// The error member of a JSON-RPC reply, when there is one and it has a code.
std::optional<RpcError> rpc_error(const Origin& origin, const std::string& method, int status,
                                  const Json& answer) {
  if (!answer.is_object()) return std::nullopt;
  const auto error = answer.find("error");
  if (error == answer.end() || !error->is_object()) return std::nullopt;
  const auto code = error->find("code");
  if (code == error->end() || !code->is_number_integer()) return std::nullopt;
  const auto message = error->find("message");
  const auto data = error->find("data");
  return RpcError(origin.node, method, status, RpcErrorCode{code->get<int>()},
                  message == error->end() ? "(no message)"
                  : message->is_string()  ? message->get<std::string>()
                                          : message->dump(),
                  data == error->end() ? Json() : *data);
}

// The statuses that mean the same whatever the body says.
void check_access(const Origin& origin, const Reply& reply) {
  switch (reply.status) {
    case 401:
      fail(origin, Kind::Unauthorized,
           fmt::format("HTTP 401, the node refuses the {}; does it belong to this node "
                       "(-rpccookiefile, -rpcuser, -rpcauth)?",
                       origin.credentials));
    case 403:
      fail(origin, Kind::Forbidden,
           "HTTP 403, the node does not serve this client; see -rpcallowip for its address and "
           "-rpcwhitelist for the method");
    case 503:
      fail(origin, Kind::Busy,
           fmt::format("HTTP 503, the node takes no request now: {}; it has more calls than "
                       "-rpcworkqueue and -rpcthreads allow, or it is shutting down",
                       excerpt(reply.body)));
    default:
      return;
  }
}

void check_status(const Origin& origin, const Reply& reply) {
  if (reply.status == 200) return;
  const std::string body = excerpt(reply.body);
  switch (reply.status) {
    case 404:
      fail(origin, Kind::NotFound,
           fmt::format("HTTP 404 without a JSON-RPC error: {}; the node has no such endpoint "
                       "(a wallet's needs a node with wallets), or no node listens there",
                       body));
    case 500:
      fail(origin, Kind::ServerError,
           fmt::format("HTTP 500 without a JSON-RPC error: {}; see the node's log", body));
    default:
      fail(origin, Kind::HttpStatus,
           fmt::format("HTTP {} without a JSON-RPC error: {}", reply.status, body));
  }
}

// Null for what is no JSON, unless the status promised it.
Json parse(const Origin& origin, const Reply& reply) {
  check_access(origin, reply);
  try {
    return Json::parse(reply.body);
  } catch (const Json::parse_error& error) {
    check_status(origin, reply);
    fail(origin, Kind::NotJson,
         fmt::format("the reply is not JSON from byte {} on: {}; does a node listen there?",
                     error.byte, excerpt(reply.body)));
  }
}

Json take_result(const Origin& origin, const Reply& reply, Json& answer) {
  const auto result = answer.find("result");
  const auto error = answer.find("error");
  if (result == answer.end() || (error != answer.end() && !error->is_null())) {
    fail(origin, Kind::BadReply,
         "the reply has neither a result nor an error with a code: " + excerpt(reply.body));
  }
  return std::move(*result);
}

}  // namespace

Json decode_reply(const Origin& origin, std::uint64_t id, const Reply& reply) {
  Json answer = parse(origin, reply);
  auto error = rpc_error(origin, origin.method, reply.status, answer);
  if (!error) check_status(origin, reply);
  if (!answer.is_object()) {
    fail(origin, Kind::BadReply, "the reply is no JSON object: " + excerpt(reply.body));
  }
  const Json answered = answer.value("id", Json());
  // A node that can't read the request can't repeat its id.
  if (answered != id && !(error && answered.is_null())) {
    fail(origin, Kind::BadReply,
         fmt::format("the reply has the id {} where {} was asked: {}", answered.dump(), id,
                     excerpt(reply.body)));
  }
  if (error) throw std::move(*error);
  return take_result(origin, reply, answer);
}

std::vector<BatchResult> decode_batch(const Origin& origin, std::uint64_t first_id,
                                      const std::vector<BatchCall>& calls, const Reply& reply) {
  Json answers = parse(origin, reply);
  if (auto error = rpc_error(origin, origin.method, reply.status, answers)) throw std::move(*error);
  check_status(origin, reply);
  if (!answers.is_array() || answers.size() != calls.size()) {
    fail(origin, Kind::BadReply,
         fmt::format("the reply is no JSON array of {} answers: {}", calls.size(),
                     excerpt(reply.body)));
  }
  std::vector<Json*> by_call(calls.size());
  for (Json& answer : answers) {
    const Json answered = answer.is_object() ? answer.value("id", Json()) : Json();
    const std::uint64_t index =
        answered.is_number_unsigned() ? answered.get<std::uint64_t>() - first_id : calls.size();
    if (index >= calls.size() || by_call[index]) {
      fail(
          origin, Kind::BadReply,
          fmt::format("one answer has the id {}, which is not one of the ids {} to {} or comes "
                      "twice: {}",
                      answered.dump(), first_id, first_id + calls.size() - 1, excerpt(reply.body)));
    }
    by_call[index] = &answer;
  }
  std::vector<BatchResult> results;
  results.reserve(calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (auto error = rpc_error(origin, calls[i].method, reply.status, *by_call[i])) {
      results.emplace_back(std::move(*error));
    } else {
      results.emplace_back(take_result(origin, reply, *by_call[i]));
    }
  }
  return results;
}

}  // namespace noderig::rpc::detail
