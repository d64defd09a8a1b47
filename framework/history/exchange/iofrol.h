// The CSV form of the IOF/ROL data set of continuous integration: a row an execution, the rows of a
// cycle together. Its columns are below. Pure functions; any thread.
#pragma once

#include <noderig/framework/history/past.h>
#include <string>

namespace noderig {

inline constexpr const char* kIofRolHeader =
    "Id;Name;Duration;CalcPrio;LastRun;LastResults;Verdict;Cycle";

// The past in that form, a cycle a run, oldest first; only executions that passed or failed.
std::string iofrol_csv(const PastTests& past);

}  // namespace noderig
