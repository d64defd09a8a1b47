#include <fmt/format.h>
#include <noderig/framework/report/cases.h>
#include <noderig/framework/report/tap.h>
#include <noderig/framework/report/text.h>
#include <algorithm>
#include <cmath>
#include <iterator>

namespace noderig {
namespace {

using Json = nlohmann::json;

// A description or reason: on one line, with what would begin a directive or an escape escaped.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : one_line(text)) {
    if (c == '#' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

// JSON is YAML too; in ASCII, so that nothing in it is no character of YAML's.
std::string yaml_string(std::string_view text) {
  return Json(printable(text)).dump(-1, ' ', true);
}

struct TestPoint {
  std::size_t number;
  std::string name;
  Verdict verdict;
  std::string reason;
  double seconds;
  std::string_view indent;
  std::string_view quarantine;  // why its failure does not count; empty: it does
  std::string more{};  // further lines of YAML, each with its line break but without indentation
};

std::string line_of(const TestPoint& point) {
  const bool ok = point.verdict == Verdict::Passed || point.verdict == Verdict::Skipped;
  std::string line = fmt::format("{}{} {} - {}", point.indent, ok ? "ok" : "not ok", point.number,
                                 escaped(point.name));
  if (point.verdict == Verdict::Skipped) {
    line += point.reason.empty() ? " # SKIP" : " # SKIP " + escaped(point.reason);
  }
  // What the protocol calls "to do" may fail.
  if (!ok && !point.quarantine.empty()) {
    line += " # TODO in quarantine " + escaped(point.quarantine);
  }
  std::string yaml = fmt::format("duration_ms: {}\n", std::llround(point.seconds * 1000));
  if (!ok) {
    yaml += fmt::format("severity: fail\nverdict: {}\nmessage: {}\n", to_string(point.verdict),
                        yaml_string(point.reason));
  }
  yaml = "---\n" + yaml + point.more + "...\n";
  line += '\n';
  for (std::size_t begin = 0; begin < yaml.size();) {
    const std::size_t end = yaml.find('\n', begin) + 1;
    line += fmt::format("{}  {}", point.indent, yaml.substr(begin, end - begin));
    begin = end;
  }
  return line;
}

std::string document_of(const Execution& execution, std::size_t number) {
  const std::string name = fmt::format("{} on {}", execution.scenario, execution.daemon);
  std::string text;
  if (!execution.subtests.empty()) {
    text += fmt::format("# Subtest: {}\n    1..{}\n", escaped(name), execution.subtests.size());
    std::size_t inner = 0;
    for (const SubtestResult& subtest : execution.subtests) {
      text += line_of({++inner, subtest.name, subtest.verdict, subtest.reason, subtest.seconds,
                       "    ", execution.quarantine});
    }
  }
  std::string more;
  if (!execution.reasons.empty()) {
    more += "planned:\n";
    for (const std::string& reason : execution.reasons) more += "  - " + yaml_string(reason) + "\n";
  }
  if (execution.flaky) more += "flaky: true\n";
  if (!execution.failed_in.empty()) {
    more += "failed_in: " + yaml_string(execution.failed_in) + "\n";
  }
  if (!execution.bundle.empty()) more += "bundle: " + yaml_string(execution.bundle) + "\n";
  if (!execution.repeat.empty()) more += "repeat: " + yaml_string(execution.repeat) + "\n";
  return text + line_of({number, name, execution.verdict, execution.reason, execution.wall, "",
                         execution.quarantine, std::move(more)});
}

}  // namespace

std::string tap_text(const RunResult& run) {
  // A run that was interrupted lacks test points; one that left some out by itself skips them.
  std::vector<Execution> executions = run.executions;
  if (!run.interrupted) {
    std::ranges::transform(run.not_run, std::back_inserter(executions), as_skipped);
  }
  const std::size_t planned = run.interrupted ? run.planned : executions.size();
  std::string text =
      fmt::format("TAP version 14\n# noderig run {}, seed {}\n1..{}{}\n", one_line(run.run),
                  run.seed, planned, planned == 0 ? " # nothing was to be run" : "");
  std::size_t number = 0;
  for (const Execution& execution : executions) text += document_of(execution, ++number);
  if (run.interrupted) {
    const auto cut_off = std::ranges::count(executions, Verdict::Interrupted, &Execution::verdict);
    text += fmt::format("Bail out! interrupted: {} of {} executions were run to their end\n",
                        number - static_cast<std::size_t>(cut_off), planned);
  }
  return text;
}

}  // namespace noderig
