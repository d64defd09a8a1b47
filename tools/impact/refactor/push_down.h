// Push down method: a method goes from a base into classes derived from it. Pure; any thread.
#pragma once

#include "method_name.h"
#include "plan.h"

#include <string>
#include <vector>

namespace noderig::impact {

// Into `targets`; when there are none, into every class directly below. Throws UsageError when a
// class or method is not there or ambiguous.
Plan plan_push_down(const CodeView& code, const MethodName& method,
                    const std::vector<std::string>& targets);

}  // namespace noderig::impact
