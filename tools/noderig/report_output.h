// Which reports a run writes, and where: --junit FILE, --ctrf FILE, --tap FILE, --html FILE.
#pragma once

#include <noderig/framework/report/report.h>
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace noderig {

struct ReportOutput {
  std::vector<std::string> files{};  // one for each of report_formats(); empty when not asked for

  // The object must stay where it is until the command line is parsed.
  void add_options(CLI::App& command);
  // Before the run. Throws UsageError when two reports, or one and `json_file` (of --json-file, may
  // be empty), have one file, EnvironmentError when a file cannot be written.
  void check(const std::string& json_file) const;
  // Writes what was asked for. Throws EnvironmentError when a file cannot be written, after the
  // others are.
  void write(const RunResult& run) const;
};

}  // namespace noderig
