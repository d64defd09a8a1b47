// How noderig and the program it hands over to end: what a wrong command line is answered with, and
// which exit status an error has.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace noderig {

// Prints what was wrong, with the nearest right word, and returns the exit status.
int usage_error(const CLI::App& app, const CLI::ParseError& error);

// What `program` returns. An error that leaves it is printed: 2 for a UsageError, 3 for all others.
int exit_status_of(const std::function<int()>& program);

}  // namespace noderig
