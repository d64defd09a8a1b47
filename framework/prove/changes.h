// The changes themselves, on JSON and on messages. Pure functions; any thread.
#pragma once

#include <noderig/framework/prove/tamper.h>
#include <noderig/p2p/messages/message.h>
#include <noderig/rpc/client.h>
#include <functional>
#include <optional>
#include <random>
#include <string>

namespace noderig::prove {

using rpc::Json;
using Random = std::mt19937_64;

// Calls `visit` for every value in a reply that can be changed, with its JSON pointer: scalars
// other than null, and arrays that have elements. Stops after the first few thousand.
void each_value(const Json& reply,
                const std::function<void(const std::string& path, const Json& value)>& visit);

// The value, close by but different: n + 1, !b, an amount and a satoshi, text with another
// character at a random place.
Json altered(const Json& value, Random& random);

// Changes the reply at `path`, or where there is nothing at a place of the same pattern. Says how:
// "4 -> 5". Nothing when there is no such place.
std::optional<std::string> change_reply(rpc::BatchResult& outcome, const Point& point,
                                        std::string_view node, Random& random);

// Removes the member wherever the pattern leads.
void remove_member(Json& reply, const std::string& pattern);

// Flips one bit such that the payload still decodes, to something else, and says which. Nothing
// when no try succeeds.
std::optional<std::string> flip_bit(p2p::RawMessage& message, Random& random);

}  // namespace noderig::prove
