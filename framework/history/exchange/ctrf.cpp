// CTRF JSON, the Common Test Report Format: results.tests, each with name, status and duration in
// milliseconds.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/history/exchange/formats.h>
#include <stdexcept>

namespace noderig {
namespace {

using Json = nlohmann::json;

TimePoint time_of(const Json& milliseconds) {
  return TimePoint(std::chrono::milliseconds(milliseconds.get<std::int64_t>()));
}

Verdict verdict_of(const std::string& status) {
  if (status == "passed") return Verdict::Passed;
  if (status == "failed") return Verdict::Failed;
  if (status == "skipped" || status == "pending" || status == "other") return Verdict::Skipped;
  throw std::invalid_argument("\"" + status + "\" is no status");
}

// The suite is one name or a path of names.
std::string suite_of(const Json& test) {
  const auto suite = test.find("suite");
  if (suite == test.end() || suite->is_null()) return {};
  if (suite->is_string()) return suite->get<std::string>();
  return fmt::format("{}", fmt::join(suite->get<std::vector<std::string>>(), "."));
}

RecordedExecution execution_of(const Json& test, TimePoint begin) {
  const auto name = test.at("name").get<std::string>();
  const std::string suite = suite_of(test);
  RecordedExecution one{.test = suite.empty() || suite == name ? name : suite + "." + name};
  one.verdict = verdict_of(test.at("status").get<std::string>());
  one.seconds = test.at("duration").get<double>() / 1000;
  one.time = test.contains("start") ? time_of(test["start"]) : begin;
  one.reason = test.value("message", "");
  one.flaky = test.value("flaky", false) && one.verdict == Verdict::Failed;
  if (one.verdict == Verdict::Failed) one.failure = FailureClass::Assertion;
  return one;
}

}  // namespace

std::vector<RecordedRun> read_ctrf(const ResultFile& file) {
  const LinedJson json = parse_json(file, "tests", 2);
  RecordedRun run{.name = name_from("ctrf", file.text), .origin = "ctrf"};
  run.revision = file.revision;
  const Json* tests = nullptr;
  try {
    const Json& results = json.root.at("results");
    run.origin = results.at("tool").at("name");
    const Json summary = results.value("summary", Json::object());
    run.time = summary.contains("start") && summary["start"] != 0 ? time_of(summary["start"])
                                                                  : file.written;
    const Json environment = results.value("environment", Json::object());
    run.revision = environment.value("commit", run.revision);
    tests = &results.at("tests");
    if (!tests->is_array()) throw std::invalid_argument("results.tests is no list");
  } catch (const std::exception& error) {
    fail_import(file, 1, fmt::format("it is no CTRF: {}", error.what()));
  }
  for (const Json& test : *tests) {
    const std::size_t position = run.executions.size();
    try {
      run.executions.push_back(execution_of(test, run.time));
      run.executions.back().position = position;
    } catch (const std::exception& error) {
      const auto& lines = json.element_lines;
      fail_import(file, position < lines.size() ? lines[position] : 1,
                  fmt::format("results.tests[{}] is no test: {}", position, error.what()));
    }
  }
  return {run};
}

}  // namespace noderig
