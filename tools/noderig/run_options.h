// The options of `noderig run`: what they are called, what they default to, what they exclude.
#pragma once

#include "json_output.h"
#include "report_output.h"
#include "risk_input.h"
#include "selection.h"

#include <noderig/framework/runner/schedule.h>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

struct RunCommandOptions {
  Selection selection{};
  std::string plan{};                  // a file
  std::string changed_since{};         // a revision
  std::vector<std::string> ignored{};  // globs of files that no scenario reads
  std::vector<std::string> daemons{};
  std::vector<std::string> subtests{};
  std::optional<int> jobs{};
  std::string order{};  // empty: not given
  RiskView risk{};      // for --order risk
  bool shuffle = false;
  std::optional<double> budget{};  // seconds
  std::optional<int> repeat{};
  bool until_fail = false;
  bool fail_fast = false;
  std::string shard{};
  std::optional<std::uint64_t> seed{};
  double timeout_factor = 1;
  bool keep = false;
  bool trace = false;
  bool pause_on_failure = false;
  JsonOutput json{};
  ReportOutput reports{};

  void add_to(CLI::App& command);
  // Throws UsageError when options do not go together.
  void check() const;

  // How many executions run at a time where -j does not say so.
  int jobs_or_default() const;
  SchedulePolicy policy() const;

 private:
  std::vector<CLI::Option*> risk_options_{};
};

}  // namespace noderig
