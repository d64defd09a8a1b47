// Numbers written in text. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace noderig {

// The whole text as a number, which is finite; nothing when it is anything else.
std::optional<double> number_in(std::string_view text);
std::optional<std::int64_t> integer_in(std::string_view text);

}  // namespace noderig
