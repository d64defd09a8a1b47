// The quarantine list as a run applies it: failures that it names do not count, and are never
// silent. One thread.
#pragma once

#include <noderig/framework/history/quarantine.h>
#include <noderig/framework/runner/results.h>
#include <noderig/framework/runner/runner.h>
#include <string>
#include <vector>

namespace noderig {

// Marks what the list names today: a failure of it does not end a run early.
void excuse(std::vector<PlannedExecution>& plan, const Quarantine& quarantine,
            std::chrono::sys_days today);

// Sets Execution::quarantine of the failures that the list excuses today. A fault of the rig's is
// nothing that a scenario is in quarantine for.
void excuse_failures(std::vector<Execution>& executions, const Quarantine& quarantine,
                     std::chrono::sys_days today);

// What is to be said of what is flaky, of failures that are excused and of entries that have run
// out, a line each.
std::vector<std::string> remarks(const std::vector<Execution>& executions,
                                 const Quarantine& quarantine, std::chrono::sys_days today);

}  // namespace noderig
