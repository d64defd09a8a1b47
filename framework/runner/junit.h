// A run as JUnit XML, as CI systems read it: a test suite a scenario and daemon, a test case a
// sub-test (or one for a scenario without any). Pure function.
#pragma once

#include <noderig/framework/runner/results.h>
#include <string>

namespace noderig {

std::string junit_xml(const RunResult& run);

}  // namespace noderig
