// Text as a terminal shows it, in columns: UTF-8, where a character takes none, one or two. What is
// no UTF-8 is shown as '?', what controls a terminal as a space. Pure functions, whatever the
// locale of the process; any thread.
#pragma once

#include <string>
#include <string_view>

namespace noderig {

int display_width(std::string_view text);

// The beginning of the text that takes at most so many columns; where something is cut off, it ends
// in "…".
std::string clipped(std::string_view text, int columns);

}  // namespace noderig
