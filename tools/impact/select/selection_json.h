// What `impact select --json` prints: the contract of machine output. Pure function; any thread.
#pragma once

#include <impact/select/selection.h>
#include <nlohmann/json.hpp>

namespace noderig::impact {

nlohmann::json to_json(const Selection& selection);

}  // namespace noderig::impact
