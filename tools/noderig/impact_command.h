// `noderig impact` and `noderig refactor` are a program of their own, noderig-impact beside this
// one, so that running scenarios never loads LLVM. Here they are only handed over.
#pragma once

#include <CLI/CLI.hpp>

namespace noderig {

bool is_impact_command(int argc, char** argv);

// Becomes noderig-impact. Throws EnvironmentError, with the way to build it, when it is not there.
[[noreturn]] int hand_over_to_impact(char** argv);

// For --help and the nearest right word alone: never parsed.
void describe_impact_commands(CLI::App& app);

}  // namespace noderig
