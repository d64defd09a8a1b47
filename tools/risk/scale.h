// The scale of risk: Fibonacci values in three levels, and undefined. A layer's value is one of the
// scale; an aggregate falls between. Pure functions; any thread.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace noderig::risk {

enum class Level { Low, Medium, High, Undefined };

// Low, medium and high, five each, ascending.
inline constexpr std::array<int, 15> kScale = {1,  2,  3,   5,   8,   13,  21, 34,
                                               55, 89, 144, 233, 377, 610, 987};

bool on_scale(int value);

// At most 8 is low, below 144 medium, from 144 on high.
Level level_of(std::optional<double> value);
std::string_view to_string(Level level);

// As shown: rounded half up.
int shown(double value);

}  // namespace noderig::risk
