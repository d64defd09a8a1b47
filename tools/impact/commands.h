// The subcommands of `noderig impact`, one file each, and `noderig refactor`. They only register
// themselves here.
#pragma once

#include <noderig/command.h>

namespace noderig::impact {

void add_diff_command(CLI::App& impact, Action& action);
void add_explain_command(CLI::App& impact, Action& action);
void add_flags_command(CLI::App& impact, Action& action);
void add_record_command(CLI::App& impact, Action& action);
void add_run_command(CLI::App& impact, Action& action);
void add_select_command(CLI::App& impact, Action& action);
void add_refactor_command(CLI::App& app, Action& action);

}  // namespace noderig::impact
