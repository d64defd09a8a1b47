// Points in time as history keeps them, and their text. Pure functions; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace noderig {

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

TimePoint now();

// As RFC 3339 in UTC: "2026-11-25T21:47:23.120Z", without the fraction where it is zero.
std::string to_rfc3339(TimePoint time);

// The time that a text gives as RFC 3339 or ISO 8601: date and time separated by T or a space, a
// fraction or none, an offset, a Z or neither, which is taken as UTC. Nothing when it is no time.
std::optional<TimePoint> parse_time(std::string_view text);

}  // namespace noderig
