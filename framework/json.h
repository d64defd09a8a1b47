// JSON where it meets the rig's own types: how a hash, an amount, a transaction or a block is
// written as an RPC parameter, and how a reply is read back without losing a satoshi. Free
// functions on value types; any thread.
#pragma once

#include <noderig/p2p/primitives/amount.h>
#include <noderig/p2p/primitives/uint256.h>
#include <noderig/rpc/json.h>
#include <optional>
#include <string>

namespace noderig {

using rpc::Json;

// Found by the JSON library: these types may stand wherever a Json is built, such as the parameters
// of a call.
void to_json(Json& json, const Uint256& hash);  // 64 hex digits as nodes print them
void to_json(Json& json, Amount amount);        // a string with eight decimals, "0.10000000"

namespace p2p {
struct Block;
struct BlockHeader;
struct Transaction;

// Hex of the wire encoding, with witnesses: what sendrawtransaction and submitblock take.
void to_json(Json& json, const Transaction& transaction);
void to_json(Json& json, const Block& block);
void to_json(Json& json, const BlockHeader& header);
}  // namespace p2p

// The amount in bitcoins that a reply carries, exact, from a number or from a string with a number
// in it; nothing when it is neither or needs more than eight decimals.
std::optional<Amount> parse_amount(const Json& json);

// The same where an amount is expected; throws AssertionError.
Amount amount_of(const Json& json);

// The hash that a reply carries as a string. Throws AssertionError when it isn't one.
Uint256 hash_of(const Json& json);

// The transaction that a reply carries as hex, one without inputs too. Throws AssertionError when
// it isn't one.
p2p::Transaction transaction_of(const Json& json);

// Where two values differ, one line a place: "$.vin[0].sequence: 1 != 2". Places that only one side
// has are shown with "(nothing)" on the other. Long values and long lists of differences are cut
// short. Empty when the values are equal.
std::string json_difference(const Json& a, const Json& b);

}  // namespace noderig
