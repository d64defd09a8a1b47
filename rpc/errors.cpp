#include <noderig/rpc/errors.h>

#include <fmt/format.h>

namespace noderig::rpc {
namespace {

std::string describe(const std::string& node, const std::string& method, int http_status,
                     RpcErrorCode code, const std::string& message) {
  const std::string_view name = name_of(code);
  return fmt::format("{}: {}: RPC error {}{}{}{}, HTTP {}: {}", node, method,
                     static_cast<int>(code), name.empty() ? "" : " (", name,
                     name.empty() ? "" : ")", http_status, message);
}

}  // namespace

RpcError::RpcError(std::string node, std::string method, int http_status, RpcErrorCode code,
                   std::string message, Json data)
    : std::runtime_error(describe(node, method, http_status, code, message)),
      node_(std::move(node)),
      method_(std::move(method)),
      http_status_(http_status),
      code_(code),
      message_(std::move(message)),
      data_(std::move(data)) {}

TransportError::TransportError(Kind kind, std::string node, std::string method,
                               const std::string& what_happened)
    : std::runtime_error(fmt::format("{}: {}: {}", node, method, what_happened)),
      kind_(kind),
      node_(std::move(node)),
      method_(std::move(method)) {}

std::string_view name_of(TransportError::Kind kind) {
  using Kind = TransportError::Kind;
  switch (kind) {
    case Kind::Connect:
      return "Connect";
    case Kind::Timeout:
      return "Timeout";
    case Kind::Closed:
      return "Closed";
    case Kind::HalfReply:
      return "HalfReply";
    case Kind::NotJson:
      return "NotJson";
    case Kind::BadReply:
      return "BadReply";
    case Kind::Unauthorized:
      return "Unauthorized";
    case Kind::Forbidden:
      return "Forbidden";
    case Kind::NotFound:
      return "NotFound";
    case Kind::ServerError:
      return "ServerError";
    case Kind::Busy:
      return "Busy";
    case Kind::HttpStatus:
      return "HttpStatus";
    case Kind::Interrupted:
      return "Interrupted";
    case Kind::BadCookie:
      return "BadCookie";
  }
  return "";
}

std::string_view name_of(RpcErrorCode code) {
  switch (code) {
#define NODERIG_CODE_NAME(name) \
  case RpcErrorCode::name:      \
    return #name;
    NODERIG_CODE_NAME(RPC_INVALID_REQUEST)
    NODERIG_CODE_NAME(RPC_METHOD_NOT_FOUND)
    NODERIG_CODE_NAME(RPC_INVALID_PARAMS)
    NODERIG_CODE_NAME(RPC_INTERNAL_ERROR)
    NODERIG_CODE_NAME(RPC_PARSE_ERROR)
    NODERIG_CODE_NAME(RPC_MISC_ERROR)
    NODERIG_CODE_NAME(RPC_FORBIDDEN_BY_SAFE_MODE)
    NODERIG_CODE_NAME(RPC_TYPE_ERROR)
    NODERIG_CODE_NAME(RPC_INVALID_ADDRESS_OR_KEY)
    NODERIG_CODE_NAME(RPC_OUT_OF_MEMORY)
    NODERIG_CODE_NAME(RPC_INVALID_PARAMETER)
    NODERIG_CODE_NAME(RPC_DATABASE_ERROR)
    NODERIG_CODE_NAME(RPC_DESERIALIZATION_ERROR)
    NODERIG_CODE_NAME(RPC_VERIFY_ERROR)
    NODERIG_CODE_NAME(RPC_VERIFY_REJECTED)
    NODERIG_CODE_NAME(RPC_VERIFY_ALREADY_IN_UTXO_SET)
    NODERIG_CODE_NAME(RPC_IN_WARMUP)
    NODERIG_CODE_NAME(RPC_METHOD_DEPRECATED)
    NODERIG_CODE_NAME(RPC_LIMIT_EXCEEDED)
    NODERIG_CODE_NAME(RPC_CLIENT_NOT_CONNECTED)
    NODERIG_CODE_NAME(RPC_CLIENT_IN_INITIAL_DOWNLOAD)
    NODERIG_CODE_NAME(RPC_CLIENT_NODE_ALREADY_ADDED)
    NODERIG_CODE_NAME(RPC_CLIENT_NODE_NOT_ADDED)
    NODERIG_CODE_NAME(RPC_CLIENT_NODE_NOT_CONNECTED)
    NODERIG_CODE_NAME(RPC_CLIENT_INVALID_IP_OR_SUBNET)
    NODERIG_CODE_NAME(RPC_CLIENT_P2P_DISABLED)
    NODERIG_CODE_NAME(RPC_CLIENT_MEMPOOL_DISABLED)
    NODERIG_CODE_NAME(RPC_CLIENT_NODE_CAPACITY_REACHED)
    NODERIG_CODE_NAME(RPC_WALLET_ERROR)
    NODERIG_CODE_NAME(RPC_WALLET_INSUFFICIENT_FUNDS)
    NODERIG_CODE_NAME(RPC_WALLET_INVALID_LABEL_NAME)
    NODERIG_CODE_NAME(RPC_WALLET_KEYPOOL_RAN_OUT)
    NODERIG_CODE_NAME(RPC_WALLET_UNLOCK_NEEDED)
    NODERIG_CODE_NAME(RPC_WALLET_PASSPHRASE_INCORRECT)
    NODERIG_CODE_NAME(RPC_WALLET_WRONG_ENC_STATE)
    NODERIG_CODE_NAME(RPC_WALLET_ENCRYPTION_FAILED)
    NODERIG_CODE_NAME(RPC_WALLET_ALREADY_UNLOCKED)
    NODERIG_CODE_NAME(RPC_WALLET_NOT_FOUND)
    NODERIG_CODE_NAME(RPC_WALLET_NOT_SPECIFIED)
    NODERIG_CODE_NAME(RPC_WALLET_ALREADY_LOADED)
    NODERIG_CODE_NAME(RPC_WALLET_ALREADY_EXISTS)
#undef NODERIG_CODE_NAME
  }
  return "";
}

}  // namespace noderig::rpc
