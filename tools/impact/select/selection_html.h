// A selection as one page that needs no network: what no test reaches first, then tests and
// changes, each leading to the other. Pure function; any thread.
#pragma once

#include <impact/select/selection.h>
#include <string>

namespace noderig::impact {

std::string selection_html(const Selection& selection);

}  // namespace noderig::impact
