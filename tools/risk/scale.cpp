#include "scale.h"

#include <algorithm>
#include <cmath>

namespace noderig::risk {

bool on_scale(int value) {
  return std::ranges::find(kScale, value) != kScale.end();
}

Level level_of(std::optional<double> value) {
  if (!value) return Level::Undefined;
  if (*value <= 8) return Level::Low;
  return *value < 144 ? Level::Medium : Level::High;
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::Low:
      return "low";
    case Level::Medium:
      return "medium";
    case Level::High:
      return "high";
    case Level::Undefined:
      break;
  }
  return "undefined";
}

int shown(double value) {
  return static_cast<int>(std::floor(value + 0.5));
}

}  // namespace noderig::risk
