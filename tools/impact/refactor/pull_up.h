// Pull up method: a method and its identical siblings go from the classes derived from a base into
// that base. Pure; any thread.
#pragma once

#include "method_name.h"
#include "plan.h"

#include <string>

namespace noderig::impact {

struct PullUpOptions {
  // Classes without the method may inherit it where they inherited another one so far.
  bool allow_inheriting = false;
};

// Throws UsageError when a class or method is not there or ambiguous.
Plan plan_pull_up(const CodeView& code, const MethodName& method, const std::string& target,
                  const PullUpOptions& options);

}  // namespace noderig::impact
