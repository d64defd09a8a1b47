// A run as JUnit XML, as CI systems read it: a test suite a scenario and daemon, a test case a
// sub-test (or one for a scenario without any). Valid by the schema of Jenkins' xUnit plugin
// (junit-10.xsd); the suites are also what Ant's schema has. Pure function; any thread.
#pragma once

#include <noderig/framework/runner/results.h>
#include <string>

namespace noderig {

std::string junit_xml(const RunResult& run);

}  // namespace noderig
