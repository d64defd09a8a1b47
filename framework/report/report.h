// The reports a run can be written as. A new one is a file of its own with a pure function, and a
// line in the table of report.cpp. Any thread.
#pragma once

#include <noderig/framework/runner/results.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

// What earlier runs tell of a scenario on a daemon.
struct Trend {
  std::string scenario;
  std::string daemon;  // flavour and version
  std::int64_t runs = 0;
  std::int64_t failures = 0;
  std::vector<double> seconds{};  // of the latest runs that passed, the oldest first
  std::vector<Verdict> last{};    // of the latest runs, the oldest first
};

// A part of a page that is not the framework's own: of what the plan was made from, for one.
struct ReportSection {
  std::string id;    // of its heading
  std::string name;  // the heading
  std::string body;  // HTML below it
  std::string style{};
};

// What reports are made of.
struct ReportInput {
  const RunResult& run;
  std::vector<Trend> trends{};  // empty when there is no history
  std::vector<ReportSection> sections{};
  std::string to_project{};  // path from where the report stands to the project: "" or "../"
};

struct ReportFormat {
  std::string_view option;  // of `noderig run`; takes the file
  std::string_view help;
  std::string (*write)(const ReportInput& input);
  bool shows_trends = false;  // and so the history is read for it
};

std::span<const ReportFormat> report_formats();

}  // namespace noderig
