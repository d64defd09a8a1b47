// What the subcommands of `noderig history` share; each is one file that defines one function here.
#pragma once

#include "command.h"

#include <noderig/framework/history/history.h>
#include <functional>
#include <memory>

namespace noderig {

void add_history_show(CLI::App& history, Action& action);
void add_history_import(CLI::App& history, Action& action);
void add_history_export(CLI::App& history, Action& action);
void add_history_quarantine(CLI::App& history, Action& action);

// Calls `use`, which opens and uses the history of the home directory. One that proves to be
// damaged is moved aside, which is said on standard error, and `use` called again.
void despite_damage(const std::function<void()>& use);

// The same for a history that is only read; where there is none, there is no past.
void with_past(const std::function<void(History&)>& use);

// The same for a history that is written to, or made.
void with_history(const std::function<void(History&)>& use);

// From past runs; a history that cannot be read is told of, and expects nothing.
ExpectedSeconds expected_seconds();

}  // namespace noderig
