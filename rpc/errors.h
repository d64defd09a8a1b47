// What an RPC call throws. RpcError: the node answered, and its answer is an error. TransportError:
// there is no answer to speak of; its kind says why. Both texts name the node and the method.
// Value types; any thread.
#pragma once

#include <noderig/rpc/error_codes.h>
#include <noderig/rpc/json.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace noderig::rpc {

class RpcError : public std::runtime_error {
 public:
  RpcError(std::string node, std::string method, int http_status, RpcErrorCode code,
           std::string message, Json data = nullptr);

  const std::string& node() const { return node_; }
  const std::string& method() const { return method_; }
  // 200 where the node answers errors the JSON-RPC 2.0 way, and within a batch.
  int http_status() const { return http_status_; }
  RpcErrorCode code() const { return code_; }
  // The node's own words, without what what() puts around them.
  const std::string& message() const { return message_; }
  // The error's "data" member; null when there is none.
  const Json& data() const { return data_; }

 private:
  std::string node_;
  std::string method_;
  int http_status_;
  RpcErrorCode code_;
  std::string message_;
  Json data_;
};

class TransportError : public std::runtime_error {
 public:
  enum class Kind {
    Connect,       // nothing accepted the connection
    Timeout,       // no full reply in time
    Closed,        // the connection died before any of the reply came
    HalfReply,     // the connection died, or HTTP broke off, within the reply
    NotJson,       // the reply is not JSON
    BadReply,      // JSON, but no JSON-RPC reply to this request
    Unauthorized,  // HTTP 401
    Forbidden,     // HTTP 403
    NotFound,      // HTTP 404 without a JSON-RPC error
    ServerError,   // HTTP 500 without a JSON-RPC error
    Busy,          // HTTP 503
    HttpStatus,    // any other HTTP status without a JSON-RPC error
    Interrupted,   // Client::interrupt
    BadCookie,     // the cookie file is missing or unreadable
  };

  TransportError(Kind kind, std::string node, std::string method, const std::string& what_happened);

  Kind kind() const { return kind_; }
  const std::string& node() const { return node_; }
  const std::string& method() const { return method_; }

 private:
  Kind kind_;
  std::string node_;
  std::string method_;
};

// "HalfReply".
std::string_view name_of(TransportError::Kind kind);

}  // namespace noderig::rpc
