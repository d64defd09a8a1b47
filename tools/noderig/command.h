// What main and the subcommands share. Each subcommand is one file that defines one function here.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace noderig {

// Exit codes of the program; a contract.
inline constexpr int kExitPassed = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitEnvironment = 3;
inline constexpr int kExitSkipped = 77;

// Set by the subcommand that was given; main calls it once the whole line is parsed.
using Action = std::function<int()>;

void add_list_command(CLI::App& app, Action& action);
void add_run_command(CLI::App& app, Action& action);
void add_daemon_command(CLI::App& app, Action& action);
// Not for users: the process that runs one scenario.
void add_worker_command(CLI::App& app, Action& action);

}  // namespace noderig
