// The nearest right word to a wrong one, for error messages. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace noderig {

// The word of `known` that takes the fewest edits to reach from `word`, if few are enough for them
// to be related; empty otherwise.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// ", did you mean \"knots\"?" or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace noderig
