#include "quarantine_report.h"

#include <fmt/format.h>
#include <algorithm>

namespace noderig {
namespace {

// The entry that excuses a scenario's failures today; null when none does.
const QuarantineEntry* excuse_of(const std::string& scenario, const Quarantine& quarantine,
                                 std::chrono::sys_days today) {
  const QuarantineEntry* entry = quarantine.find(scenario);
  return entry == nullptr || entry->expired(today) ? nullptr : entry;
}

}  // namespace

void excuse(std::vector<PlannedExecution>& plan, const Quarantine& quarantine,
            std::chrono::sys_days today) {
  for (PlannedExecution& one : plan) {
    one.excused = excuse_of(one.scenario.name(), quarantine, today) != nullptr;
  }
}

void excuse_failures(std::vector<Execution>& executions, const Quarantine& quarantine,
                     std::chrono::sys_days today) {
  for (Execution& one : executions) {
    if (one.verdict != Verdict::Failed || one.rig_fault) continue;
    const QuarantineEntry* entry = excuse_of(one.scenario, quarantine, today);
    if (entry == nullptr) continue;
    one.quarantine = fmt::format("until {}: {}", entry->until_text(), entry->reason);
  }
}

std::vector<std::string> remarks(const std::vector<Execution>& executions,
                                 const Quarantine& quarantine, std::chrono::sys_days today) {
  std::vector<std::string> lines;
  const auto add = [&](std::string line) {
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
  };
  for (const Execution& one : executions) {
    if (!one.failed_in.empty()) {
      add(fmt::format("Flaky: {} on {} passed, and failed on this same build in {}", one.scenario,
                      one.daemon, one.failed_in));
    } else if (one.flaky) {
      add(fmt::format("Flaky: {} on {} failed and passed in this run", one.scenario, one.daemon));
    }
    if (!one.quarantine.empty()) {
      add(fmt::format("In quarantine: {} on {} failed and does not count {}", one.scenario,
                      one.daemon, one.quarantine));
    }
    const QuarantineEntry* entry = quarantine.find(one.scenario);
    if (entry != nullptr && entry->expired(today)) {
      add(fmt::format("The quarantine of {} ended with {} and does not hold any more ({})",
                      one.scenario, entry->until_text(), entry->reason));
    }
  }
  return lines;
}

}  // namespace noderig
