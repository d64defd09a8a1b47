// From an HTTP reply to a result or an exception: everything that can be wrong with a reply that
// came whole. Internal to rpc. Pure functions; any thread.
#pragma once

#include <noderig/rpc/client.h>
#include <noderig/rpc/exchange.h>

#include <cstdint>
#include <string>
#include <vector>

namespace noderig::rpc::detail {

// Whom a reply belongs to, for the error's text.
struct Origin {
  const std::string& node;
  const std::string& method;
  // What the node was shown: "cookie file /path" or "user bob".
  const std::string& credentials;
};

// The result of one call with the id `id`. Throws RpcError or TransportError.
Json decode_reply(const Origin& origin, std::uint64_t id, const Reply& reply);

// The answers of a batch whose ids are `first_id` and the numbers that follow it, in the order of
// `calls`.
std::vector<BatchResult> decode_batch(const Origin& origin, std::uint64_t first_id,
                                      const std::vector<BatchCall>& calls, const Reply& reply);

}  // namespace noderig::rpc::detail
