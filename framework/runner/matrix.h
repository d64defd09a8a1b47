// A run on several daemons: what each is called in it, and the table scenario x daemon. Pure
// functions; any thread.
#pragma once

#include <noderig/framework/node/profile.h>
#include <noderig/framework/runner/results.h>
#include <string>
#include <vector>

namespace noderig {

// What tells the daemons of a run apart, in their order: the flavour alone where one has it, else
// with its version ("core 29.3.0"), else its path.
std::vector<std::string> names_in_run(const std::vector<DaemonProfile>& daemons);

// A row a scenario, a column a daemon, in the order of the run; below it, why something failed or
// was skipped. A scenario of which sub-tests did not pass shows how many did, one that ran several
// times how often it passed, with the mean of its seconds. Ends with a line break.
std::string matrix_table(const RunResult& run);

}  // namespace noderig
