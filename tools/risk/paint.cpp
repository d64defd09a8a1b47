#include "paint.h"

#include <fmt/format.h>

namespace noderig::risk {

std::string painted(Level level, const std::string& text, bool colour) {
  if (!colour) return text;
  switch (level) {
    case Level::High:
      return "\x1b[1;31m" + text + "\x1b[0m";
    case Level::Medium:
      return "\x1b[33m" + text + "\x1b[0m";
    case Level::Low:
      return "\x1b[32m" + text + "\x1b[0m";
    case Level::Undefined:
      break;
  }
  return "\x1b[2m" + text + "\x1b[0m";
}

// Lightness falls from low to high, so that levels differ in grey as well.
const char* const kRiskStyle = R"(
td.low, td.medium, td.high, td.undefined { border: 1px solid var(--paper); padding: .3rem .5rem; }
td.low { background: #e3f1fb; color: #10202c; }
td.medium { background: #f2b95f; color: #1c1200; }
td.high { background: #8c1d18; color: #ffffff; font-weight: 600; }
td.undefined { color: var(--ink); background: repeating-linear-gradient(45deg, var(--paper) 0 5px,
               var(--line) 5px 7px); }
.level-low { fill: #cfe6f5; stroke: #6f93ab; stroke-width: .5; }
.level-medium { fill: #e69f2e; stroke: var(--paper); stroke-width: .5; }
.level-high { fill: #8c1d18; stroke: var(--paper); stroke-width: .5; }
.key { padding: 0 .5rem; } .key.low { background: #cfe6f5; color: #10202c; }
.key.medium { background: #e69f2e; color: #1c1200; }
.key.high { background: #8c1d18; color: #ffffff; }
.level-undefined { fill: url(#hatch); stroke: var(--line); }
.ideal { stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 6 4; fill: none; }
.phase { fill: var(--paper); stroke: var(--bad); stroke-width: 2; }
.theory { stroke: var(--warn); stroke-width: 1.5; stroke-dasharray: 2 3; fill: none; }
)";

const char* const kHatch =
    "<svg width=\"0\" height=\"0\" aria-hidden=\"true\"><defs><pattern id=\"hatch\" width=\"6\" "
    "height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect "
    "width=\"2\" height=\"6\" class=\"fill-quiet\"/></pattern></defs></svg>";

std::string level_text(Level level, std::optional<int> value) {
  std::string name(to_string(level));
  name.front() = static_cast<char>(name.front() - 'a' + 'A');
  return value ? fmt::format("{} ({})", name, *value) : name;
}

}  // namespace noderig::risk
