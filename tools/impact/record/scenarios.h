// noderig's scenarios as tests of an instrumented daemon. Each runs as `noderig run` runs it; its
// daemons inherit the environment and so leave their counters, however they end. What a scenario
// executes depends on timing: a recording of it is best effort. Any thread.
#pragma once

#include <impact/record/test_list.h>
#include <filesystem>
#include <vector>

namespace noderig::impact {

// The scenarios that there are, without those that cannot run here on that daemon; all, and none to
// be run, when no daemon is given. Throws EnvironmentError when noderig cannot tell or the daemon
// is not instrumented, UsageError when it is no program.
std::vector<Test> list_scenarios(const std::filesystem::path& daemon);

}  // namespace noderig::impact
