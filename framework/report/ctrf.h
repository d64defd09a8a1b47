// A run in the Common Test Report Format (CTRF), JSON for tools that compare and comment on runs: a
// test a sub-test (or one for a scenario without any), in the suites of its daemon and its
// scenario. Pure function; any thread.
#pragma once

#include <noderig/framework/runner/results.h>
#include <string>

namespace noderig {

std::string ctrf_json(const RunResult& run);

}  // namespace noderig
