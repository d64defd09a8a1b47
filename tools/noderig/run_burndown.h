// The burn-down of a run whose plan says what is at stake: what remains after each execution, and a
// part of the HTML report. One thread.
#pragma once

#include <noderig/framework/report/report.h>
#include <noderig/framework/runner/runner.h>
#include <risk/burndown.h>
#include <optional>
#include <vector>

namespace noderig {

// Of a run that begins; nothing when its plan knows of no risk.
std::optional<risk::Burndown> burndown_of(const std::vector<PlannedExecution>& plan);

// An execution of that run has ended, as many seconds after it began.
void add_verdict(risk::Burndown& burndown, const Execution& execution, double seconds);

// Of a run that has ended; nothing when its plan knew of no risk.
std::optional<ReportSection> burndown_section(const RunResult& run);

}  // namespace noderig
