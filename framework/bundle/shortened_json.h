// JSON for a log: as long as it is allowed to be and no longer, however large the value. A block as
// hex or a list of a thousand transactions costs no more than what is shown of it. Pure functions;
// any thread.
#pragma once

#include <noderig/rpc/json.h>
#include <string>

namespace noderig {

// `json` as text, cut off with "..." behind `longest` characters.
std::string shortened(const rpc::Json& json, std::size_t longest);

}  // namespace noderig
