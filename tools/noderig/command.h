// What main and the subcommands share. Each subcommand is one file that defines one function here.
#pragma once

#include <noderig/framework/errors.h>
#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace noderig {

// Set by the subcommand that was given; main calls it once the whole line is parsed.
using Action = std::function<int()>;

void add_list_command(CLI::App& app, Action& action);
void add_run_command(CLI::App& app, Action& action);
void add_prove_command(CLI::App& app, Action& action);
void add_new_command(CLI::App& app, Action& action);
void add_daemon_command(CLI::App& app, Action& action);
void add_cache_command(CLI::App& app, Action& action);
void add_logs_command(CLI::App& app, Action& action);
void add_history_command(CLI::App& app, Action& action);
void add_risk_command(CLI::App& app, Action& action);

}  // namespace noderig
