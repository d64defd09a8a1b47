// Texts as every report can carry them. Failure texts hold whatever a daemon or a scenario said:
// bytes that are no UTF-8, control characters, whole logs. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

namespace noderig {

// The text in UTF-8 with nothing in it that XML, JSON or a terminal could trip over: a control
// character is replaced by its picture (U+241B for an escape), what is no UTF-8 or no character by
// U+FFFD. Line breaks and tabs stay.
std::string printable(std::string_view text);

// The same on one line: line breaks and tabs become blanks.
std::string one_line(std::string_view text);

}  // namespace noderig
