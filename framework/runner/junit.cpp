#include <fmt/format.h>
#include <noderig/framework/runner/junit.h>

namespace noderig {
namespace {

// XML 1.0 has no way to write most control characters, escaped or not.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\n':
        result += "&#10;";
        break;
      default:
        result += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? '?' : c;
    }
  }
  return result;
}

std::string test_case(const std::string& suite, const SubtestResult& result) {
  const std::string head = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"",
                                       escaped(suite), escaped(result.name), result.seconds);
  const auto with = [&](std::string_view element) {
    return fmt::format("{}>\n      <{} message=\"{}\"/>\n    </testcase>\n", head, element,
                       escaped(result.reason));
  };
  switch (result.verdict) {
    case Verdict::Passed:
      return head + "/>\n";
    case Verdict::Skipped:
      return with("skipped");
    case Verdict::Failed:
      return with("failure");
    case Verdict::Interrupted:
      return with("error");
  }
  return {};
}

// The cases of an execution; a failure outside of every sub-test is a case of its own.
std::vector<SubtestResult> cases_of(const Execution& execution) {
  std::vector<SubtestResult> cases = execution.subtests;
  const auto as_a_whole = [&](const SubtestResult& one) {
    return one.verdict == execution.verdict;
  };
  if (cases.empty() || std::none_of(cases.begin(), cases.end(), as_a_whole)) {
    cases.push_back({execution.scenario, execution.verdict, execution.reason, execution.wall});
  }
  return cases;
}

}  // namespace

std::string junit_xml(const RunResult& run) {
  std::string suites;
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  for (const Execution& execution : run.executions) {
    const std::string suite = execution.scenario + "@" + execution.daemon;
    std::string body;
    std::size_t failed = 0;
    std::size_t broken = 0;
    std::size_t skipped = 0;
    const auto cases = cases_of(execution);
    for (const SubtestResult& one : cases) {
      body += test_case(suite, one);
      failed += one.verdict == Verdict::Failed;
      broken += one.verdict == Verdict::Interrupted;
      skipped += one.verdict == Verdict::Skipped;
    }
    suites += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
        "time=\"{:.3f}\">\n{}  </testsuite>\n",
        escaped(suite), cases.size(), failed, broken, skipped, execution.wall, body);
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
