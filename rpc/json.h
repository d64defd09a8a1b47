// The JSON type of RPC parameters and results, and the one rule that keeps amounts exact in it.
// Free functions and a value type; any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

// Compiled once, in the library, and not by each that uses it.
extern template class nlohmann::basic_json<>;

namespace noderig::rpc {

using Json = nlohmann::json;

// The decimal that the node wrote for `number`, without exponent and without trailing zeros
// ("0.00000001", "-20999999.9769", "50"), for every amount of up to 21 million bitcoins with up to
// eight decimals; any other number gives the shortest decimal that reads back as the same value,
// so one with more than eight decimals still has them. Throws std::invalid_argument for anything
// but a finite number.
//
// To send an amount, send its decimal text as a JSON string: a double that Json writes may get
// more digits than a node accepts.
std::string decimal_text(const Json& number);

}  // namespace noderig::rpc
