// Text of a source file, line by line: what an edit must know to leave a file as its author would.
// Offsets are bytes. Pure functions; any thread.
#pragma once

#include "plan.h"

#include <string>
#include <string_view>

namespace noderig::impact {

// "\r\n" where the file's first line ends so, else "\n".
std::string_view newline_of(std::string_view text);

std::size_t line_begin(std::string_view text, std::size_t at);
std::size_t line_end(std::string_view text, std::size_t at);  // behind the newline

// The blanks that the line of `at` begins with.
std::string_view indentation(std::string_view text, std::size_t at);

// [begin, end) cut out: with its lines, where nothing else is on them, and with one of the blank
// lines around it, where there would be two or one at the edge of a block.
Edit removal(const std::string& file, std::string_view text, std::size_t begin, std::size_t end);

// The lines of `block`, `from` taken away from the beginning of each and `to` put there; every line
// but the last ends with `newline`.
std::string reindented(std::string_view block, std::string_view from, std::string_view to,
                       std::string_view newline);

}  // namespace noderig::impact
