// What a wrong command line is answered with, by the program and those it hands over to.
#pragma once

#include <CLI/CLI.hpp>

namespace noderig {

// Prints what was wrong, with the nearest right word, and returns the exit status.
int usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace noderig
