// The scenarios of a selection as a plan that `noderig run --plan` executes. Pure function; any
// thread.
#pragma once

#include <impact/select/selection.h>
#include <string>

namespace noderig::impact {

// JSON, with the reasons of each scenario.
std::string selection_plan(const Selection& selection);

}  // namespace noderig::impact
