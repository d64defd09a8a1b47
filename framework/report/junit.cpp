#include <fmt/format.h>
#include <noderig/framework/report/cases.h>
#include <noderig/framework/report/html.h>
#include <noderig/framework/report/junit.h>
#include <algorithm>
#include <iterator>

namespace noderig {
namespace {

using html::escape;

std::string test_case(const std::string& suite, const SubtestResult& result) {
  const std::string head = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"",
                                       escape(suite), escape(result.name), result.seconds);
  const auto with = [&](std::string_view element, std::string_view attributes) {
    return fmt::format("{}>\n      <{}{} message=\"{}\"/>\n    </testcase>\n", head, element,
                       attributes, escape(result.reason));
  };
  switch (result.verdict) {
    case Verdict::Passed:
      return head + "/>\n";
    case Verdict::Skipped:
      return with("skipped", "");
    case Verdict::Failed:
      return with("failure", " type=\"failed\"");
    case Verdict::Interrupted:
      return with("error", " type=\"interrupted\"");
  }
  return {};
}

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, escape(value));
}

// What the format has no place for.
std::string properties(const RunResult& run, const Execution& execution) {
  std::string text = property("run", run.run) + property("seed", std::to_string(run.seed)) +
                     property("revision", run.revision);
  if (run.modified) text += property("modified", *run.modified ? "true" : "false");
  const auto daemon = std::ranges::find(run.daemons, execution.daemon, &DaemonUsed::name);
  if (daemon != run.daemons.end()) {
    text += property("daemon", daemon->flavour + " " + daemon->version);
  }
  text += property("assertions", std::to_string(execution.assertions));
  for (const std::string& reason : execution.reasons) text += property("planned", reason);
  if (execution.partial) text += property("partial", "true");
  if (execution.flaky) text += property("flaky", "true");
  if (!execution.failed_in.empty()) text += property("failed_in", execution.failed_in);
  if (!execution.quarantine.empty()) text += property("quarantine", execution.quarantine);
  if (!execution.bundle.empty()) text += property("bundle", execution.bundle);
  if (!execution.repeat.empty()) text += property("repeat", execution.repeat);
  return "    <properties>\n" + text + "    </properties>\n";
}

// In UTC and without a zone, which the format has no place for.
std::string timestamp(const RunResult& run, const Execution& execution) {
  const std::string utc =
      rfc3339(run.begin + std::chrono::duration_cast<std::chrono::milliseconds>(
                              std::chrono::duration<double>(execution.started)));
  return utc.substr(0, utc.size() - 1);
}

}  // namespace

std::string junit_xml(const RunResult& run) {
  std::string suites;
  std::size_t id = 0;
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::vector<Execution> executions = run.executions;
  std::ranges::transform(run.not_run, std::back_inserter(executions), as_skipped);
  for (const Execution& execution : executions) {
    const std::string suite = execution.scenario + "@" + execution.daemon;
    std::string body;
    std::size_t failed = 0;
    std::size_t broken = 0;
    std::size_t skipped = 0;
    const auto cases = cases_of(execution);
    for (const ReportedCase& one : cases) {
      body += test_case(suite, one.result);
      failed += one.result.verdict == Verdict::Failed;
      broken += one.result.verdict == Verdict::Interrupted;
      skipped += one.result.verdict == Verdict::Skipped;
    }
    suites += fmt::format(
        "  <testsuite name=\"{}\" package=\"noderig\" id=\"{}\" timestamp=\"{}\" hostname=\"{}\" "
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\">\n"
        "{}{}    <system-out/>\n    <system-err/>\n  </testsuite>\n",
        escape(suite), id++, timestamp(run, execution),
        run.machine.host.empty() ? "localhost" : escape(run.machine.host), cases.size(), failed,
        broken, skipped, execution.wall, properties(run, execution), body);
    tests += cases.size();
    failures += failed;
    errors += broken;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"noderig\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
      "time=\"{:.3f}\">\n{}</testsuites>\n",
      tests, failures, errors, run.wall, suites);
}

}  // namespace noderig
