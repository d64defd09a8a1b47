// Rename method: a method, all that it overrides and that overrides it, and whoever calls them by
// name. Pure; any thread.
#pragma once

#include "method_name.h"
#include "plan.h"

#include <string>

namespace noderig::impact {

// Throws UsageError when the method is not there or ambiguous, or the name is none.
Plan plan_rename(const CodeView& code, const MethodName& method, const std::string& new_name);

}  // namespace noderig::impact
