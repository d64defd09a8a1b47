// Colours of levels, in the terminal and on pages. A level is always written beside its colour.
// Pure functions; any thread.
#pragma once

#include "scale.h"

#include <string>

namespace noderig::risk {

// `text` in the level's terminal colour; as it is when `colour` is false.
std::string painted(Level level, const std::string& text, bool colour);

// The style of pages with risk charts: classes low, medium, high, undefined for cells (CSS) and
// level-low ... for shapes; undefined is hatched, by kHatch, which a page holds once.
extern const char* const kRiskStyle;
extern const char* const kHatch;

// "High (658)"; "Undefined".
std::string level_text(Level level, std::optional<int> value);

}  // namespace noderig::risk
