// How noderig and the program it hands over to end: what of a command line is wrong, what it is
// answered with, and which exit status an error has.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>

namespace noderig {

// Prints what was wrong, with the nearest right word, and returns the exit status.
int usage_error(const CLI::App& app, const CLI::ParseError& error);

// Accepts decimal digits alone, of a number from `least` on that 64 bits hold.
CLI::Validator whole_number(std::uint64_t least = 0);

// Accepts numbers that are finite.
CLI::Validator finite();

// Accepts what can name a file: an empty word is mostly a variable that was never set.
CLI::Validator file_name();

// Accepts numbers above 0.
CLI::Validator above_zero();

// Accepts what timeouts can be multiplied by.
CLI::Validator timeout_factor();

// Accepts numbers from 0 to 1.
CLI::Validator share();

// What `program` returns. An error that leaves it is printed: 2 for a UsageError, 3 for all others,
// and for a standard output that did not take all that was printed.
int exit_status_of(const std::function<int()>& program);

}  // namespace noderig
