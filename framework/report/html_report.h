// A run as one HTML page: what came of it and why, where the time went, which calls and messages it
// covered, and how that compares with earlier runs. Pure function; any thread.
#pragma once

#include <noderig/framework/report/report.h>
#include <string>

namespace noderig {

std::string html_report(const ReportInput& input);

}  // namespace noderig
