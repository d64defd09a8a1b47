// The nearest right word to a wrong one, for error messages. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace noderig {

// The word of `known` that takes the fewest edits to reach from `word`; the first of several; empty
// when there is none.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// Behind a word or glob that is not known: ", did you mean \"knots\"?", or "; the nearest is
// \"knots\"" where the two have little in common, or nothing when there is nothing to name.
std::string did_you_mean(std::string_view pattern, const std::vector<std::string>& known);

}  // namespace noderig
