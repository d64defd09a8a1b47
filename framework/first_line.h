// Pure; any thread.
#pragma once

#include <string>

namespace noderig {

// What stands before the first line's end; all of it when the text is one line.
inline std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace noderig
