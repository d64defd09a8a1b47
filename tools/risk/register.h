// Registers: tests that are no scenarios, from a JSON or CSV file. Read strictly: what is unknown,
// double or wrong is refused with its place, and nothing of such a file is used. Free functions;
// any thread.
#pragma once

#include "test_case.h"

#include <filesystem>
#include <iosfwd>

namespace noderig::risk {

// By the name's ending: .csv, else JSON. Throws UsageError that begins with the file's name and, in
// a CSV, the line; EnvironmentError when it cannot be read.
Register load_register(const std::filesystem::path& file, KeptRuns kept = KeptRuns::All);

// Each throws UsageError. The second takes any size of text, but ten times as long: it says what is
// wrong, and where.
Register read_register_json(std::istream& in, KeptRuns kept = KeptRuns::All);
Register read_register_strictly(std::istream& in);
Register read_register_csv(std::istream& in);

// What a run may have taken at most, in seconds, and a defect weigh.
inline constexpr double kLongestRun = 1e9;
inline constexpr double kHeaviestDefect = 1e6;

// RFC 3339 as seconds since 1970. Throws UsageError.
std::int64_t parse_time(std::string_view text);
std::string time_text(std::int64_t time);

// The index of a step on an axis, by its name in any case; throws UsageError that begins with
// `where` and names the nearest.
std::size_t step_of(const std::array<std::string, 5>& axis, const std::string& name,
                    const std::string& where);

// Whether the runs had to be sorted by time.
bool sort_runs(std::vector<TestRun>& runs);

// Refuses ids that are empty or double, sorts runs by time and notes where that was needed.
void finish(Register& tests);

}  // namespace noderig::risk
