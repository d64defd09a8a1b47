// What is told and written once a run is over: how to repeat what failed, what did not run, the
// table of several daemons, the reports, the exit status. One thread.
#pragma once

#include "run_options.h"

#include <noderig/framework/runner/results.h>
#include <noderig/framework/runner/runner.h>
#include <cstdint>
#include <cstdio>
#include <string>

namespace noderig {

// The command that repeats an execution in this environment: what `options` and variables chose for
// the run, it names.
std::string repeat_command(const PlannedExecution& planned, const RunCommandOptions& options,
                           std::uint64_t seed);

// Makes the paths relative to the project, as reports have them.
void complete(RunResult& result);

// Everything but the last line.
void print_summary(std::FILE* out, const RunResult& result);

// Says which reports cannot be written after all, and why; empty when all are.
std::string write_reports(const RunResult& result, const RunCommandOptions& options);

int exit_code(const RunResult& result);

}  // namespace noderig
