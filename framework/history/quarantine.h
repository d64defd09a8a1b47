// Scenarios whose failures do not count for a while: a list with an end and a reason for each, in a
// text file that is reviewed and versioned with the sources. Value types; any thread.
//
// A line an entry, "NAME UNTIL REASON", such as
//
//   ping_timeout 2026-12-24 fails on loaded machines, issue 120
//
// UNTIL is the last day, in UTC. Empty lines and those that begin with # are left alone.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

struct QuarantineEntry {
  std::string scenario;
  std::chrono::year_month_day until;
  std::string reason;

  bool expired(std::chrono::sys_days today) const { return std::chrono::sys_days(until) < today; }
  std::string until_text() const;  // "2026-12-24"
};

// The day by which entries expire, in UTC.
std::chrono::sys_days current_day();

// A date as "2026-12-24"; nothing when it is none.
std::optional<std::chrono::year_month_day> parse_date(const std::string& text);

class Quarantine {
 public:
  // .noderig-quarantine at the root of the git work tree one stands in, else in the home directory.
  static std::filesystem::path default_file();

  // Reads the list; empty when the file is not there. Throws EnvironmentError that names the file
  // and line of what is no entry.
  explicit Quarantine(std::filesystem::path file);

  const std::filesystem::path& file() const { return file_; }
  const std::vector<QuarantineEntry>& entries() const { return entries_; }

  // The entry of a scenario; null when it has none.
  const QuarantineEntry* find(const std::string& scenario) const;

  // Adds the entry, or replaces the one of that scenario, and writes the file: whole, or not at all
  // (EnvironmentError). Comments stay.
  void put(const QuarantineEntry& entry);

  // The same without the scenario's entry; false when it has none.
  bool remove(const std::string& scenario);

 private:
  void parse();
  void write() const;

  std::filesystem::path file_;
  std::vector<std::string> lines_;
  std::vector<QuarantineEntry> entries_;
};

}  // namespace noderig
