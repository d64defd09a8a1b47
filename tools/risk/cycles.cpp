#include "cycles.h"

#include "csv.h"
#include "register.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/numbers.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <unordered_map>

namespace noderig::risk {
namespace {

constexpr std::string_view kCyclesHeader =
    "Id;Name;Duration;CalcPrio;LastRun;LastResults;Verdict;Cycle";
constexpr std::size_t kCyclesColumns = 8;
constexpr std::size_t kNameColumn = 1;
constexpr std::size_t kDurationColumn = 2;
constexpr std::size_t kVerdictColumn = 6;
constexpr std::size_t kCycleColumn = 7;

}  // namespace

std::size_t Cycle::failures() const {
  return static_cast<std::size_t>(std::ranges::count(rows, true, &CycleRow::failed));
}

Cycles read_cycles(std::istream& in) {
  Cycles all;
  std::map<int, Cycle> by_number;
  std::unordered_map<std::string, std::uint32_t> names;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    strip_line(line, number);
    const auto broken = [&](const std::string& what) {
      return UsageError(fmt::format("line {}: {}", number, what));
    };
    if (number == 1) {
      if (line != kCyclesHeader) throw broken(fmt::format("the header is not {}", kCyclesHeader));
      continue;
    }
    if (line.empty()) continue;
    const auto fields = split_csv(line, ';');
    if (!fields) throw broken("a quote is not closed or out of place");
    if (fields->size() != kCyclesColumns) {
      throw broken(fmt::format("{} fields, not {}", fields->size(), kCyclesColumns));
    }
    const auto& field = *fields;
    const auto seconds = number_in(field[kDurationColumn]);
    const auto cycle = number_in(field[kCycleColumn]);
    if (field[kNameColumn].empty()) throw broken("the name is empty");
    if (!seconds || *seconds < 0 || *seconds > kLongestRun)
      throw broken("no duration: \"" + field[kDurationColumn] + "\"");
    if (field[kVerdictColumn] != "0" && field[kVerdictColumn] != "1") {
      throw broken("the verdict is neither 0 nor 1: \"" + field[kVerdictColumn] + "\"");
    }
    if (!cycle || *cycle != std::floor(*cycle) || std::abs(*cycle) > 1e9) {
      throw broken("no cycle: \"" + field[kCycleColumn] + "\"");
    }
    const auto [name, added] =
        names.try_emplace(field[kNameColumn], static_cast<std::uint32_t>(all.names.size()));
    if (added) all.names.push_back(field[kNameColumn]);
    Cycle& target = by_number[static_cast<int>(*cycle)];
    target.number = static_cast<int>(*cycle);
    target.rows.push_back({name->second, field[kVerdictColumn] == "1", *seconds});
  }
  if (in.bad()) throw UsageError("cannot be read to its end");
  if (by_number.empty()) throw UsageError("no cycle in it");
  for (auto& [number, cycle] : by_number) all.cycles.push_back(std::move(cycle));
  return all;
}

Cycles load_cycles(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file)) {
    throw EnvironmentError(fmt::format("cannot read {}: it is a directory", file.string()));
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) throw EnvironmentError(fmt::format("cannot read {}", file.string()));
  try {
    return read_cycles(in);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", file.string(), error.what()));
  }
}

}  // namespace noderig::risk
