// What is told and written once a run is over: how to repeat what failed, what did not run, the
// table of several daemons, the reports, the exit status. One thread.
#pragma once

#include "run_options.h"

#include <noderig/framework/runner/results.h>
#include <cstdint>
#include <cstdio>
#include <string>

namespace noderig {

// The command that repeats an execution, on the daemon at that path.
std::string repeat_command(const std::string& scenario, const std::string& daemon,
                           const RunCommandOptions& options, std::uint64_t seed);

// Adds what reports need and the runner does not know: the commands that repeat what failed, and
// paths relative to the project.
void complete(RunResult& result, const RunCommandOptions& options);

// Everything but the last line.
void print_summary(std::FILE* out, const RunResult& result);

// Throws EnvironmentError when a report cannot be written after all.
void write_reports(const RunResult& result, const RunCommandOptions& options);

int exit_code(const RunResult& result);

}  // namespace noderig
