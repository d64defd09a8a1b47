// The subcommands of `noderig impact`, one file each, and `noderig refactor`. They only register
// themselves here.
#pragma once

#include <noderig/command.h>

namespace noderig::impact {

void add_diff_command(CLI::App& impact, Action& action);

}  // namespace noderig::impact
