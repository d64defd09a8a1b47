// A run in the Test Anything Protocol, version 14: a test point an execution, with its sub-tests as
// a subtest document and what there is to say as a YAML block. A run that was
// interrupted bails out.
// Pure function; any thread.
#pragma once

#include <noderig/framework/runner/results.h>
#include <string>

namespace noderig {

std::string tap_text(const RunResult& run);

}  // namespace noderig
