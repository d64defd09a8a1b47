// Cycles of continuous integration with their verdicts, from the IOF/ROL CSV form: what a replay
// goes through. Value types; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace noderig::risk {

// One execution of a test in a cycle.
struct CycleRow {
  std::uint32_t name = 0;  // index into Cycles::names
  bool failed = false;
  double seconds = 0;
};

// Of a cycle that says something about an order; from one with fewer nothing is evaluated or
// learnt.
inline constexpr std::size_t kFewestRows = 6;

struct Cycle {
  int number = 0;
  std::vector<CycleRow> rows{};  // as listed

  std::size_t failures() const;
};

struct Cycles {
  std::vector<std::string> names{};
  std::vector<Cycle> cycles{};  // by number
};

// `Id;Name;Duration;CalcPrio;LastRun;LastResults;Verdict;Cycle`, of which name, duration, verdict
// and cycle are read. Throws UsageError that names the first broken line, and EnvironmentError when
// the file cannot be read; nothing of such a file is used.
Cycles load_cycles(const std::filesystem::path& file);
Cycles read_cycles(std::istream& in);

}  // namespace noderig::risk
