// The sections of the HTML report, each HTML with its heading or empty when there is nothing to
// show. Internal to framework/report. Pure functions; any thread.
#pragma once

#include <noderig/framework/report/report.h>
#include <string>
#include <string_view>

namespace noderig {

// A verdict by colour, shape and word: "✗ failed"; of an execution with what is to be known of it,
// "✗ failed ~ flaky".
std::string verdict_badge(Verdict verdict);
std::string verdict_badge(const Execution& execution);
// The same by its shape alone, and the class of an SVG shape that stands for it.
std::string_view verdict_shape(Verdict verdict);
std::string_view verdict_fill(Verdict verdict);

// "1.25 s"
std::string seconds_text(double seconds);

// Where an execution is told about in the page: an id. `index` counts in RunResult::executions.
std::string execution_id(std::size_t index);

// A picture of the run: a row a worker, a bar an execution.
std::string run_course(const RunResult& run);
// Each execution with its steps, sub-tests and daemons, folded.
std::string execution_details(const RunResult& run);
// The methods that were called, and those that a daemon offers and nobody called.
std::string rpc_coverage(const RunResult& run);
// The message types that peers of the rig sent and received, and those that none did.
std::string message_coverage(const RunResult& run);
// The scenarios of the run over the latest runs.
std::string trends_section(const ReportInput& input);

}  // namespace noderig
