#include <noderig/framework/report/ctrf.h>
#include <noderig/framework/report/html_report.h>
#include <noderig/framework/report/junit.h>
#include <noderig/framework/report/report.h>
#include <noderig/framework/report/tap.h>

namespace noderig {
namespace {

constexpr ReportFormat kReportFormats[] = {
    {"--junit", "Write the results as JUnit XML",
     [](const ReportInput& input) { return junit_xml(input.run); }},
    {"--ctrf", "Write the results as CTRF JSON",
     [](const ReportInput& input) { return ctrf_json(input.run); }},
    {"--tap", "Write the results as TAP 14",
     [](const ReportInput& input) { return tap_text(input.run); }},
    {"--html", "Write the results as one HTML page that needs nothing else", html_report, true},
};

}  // namespace

std::span<const ReportFormat> report_formats() {
  return kReportFormats;
}

}  // namespace noderig
