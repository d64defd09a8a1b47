// CTRF JSON, the Common Test Report Format: results.tests, each with name, status and duration in
// milliseconds. noderig's own are put together to executions again.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/history/exchange/formats.h>
#include <set>
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
  if (one.seconds < 0) throw std::invalid_argument("its duration is negative");
  one.time = test.contains("start") ? time_of(test["start"]) : begin;
  one.reason = test.value("message", "");
  one.flaky = test.value("flaky", false) && one.verdict == Verdict::Failed;
  if (one.verdict == Verdict::Failed) one.failure = FailureClass::Assertion;
  return one;
}

// noderig's own reports have a test a sub-test, in the suite DAEMON, SCENARIO; one that has the
// scenario's name is the execution as a whole.
class OwnTests {
 public:
  explicit OwnTests(RecordedRun& run) : run_(run) {}

  void take(const Json& test) {
    const auto suite = test.at("suite").get<std::vector<std::string>>();
    const auto name = test.at("name").get<std::string>();
    if (suite.size() != 2) throw std::invalid_argument("its suite is not DAEMON, SCENARIO");
    // A name that comes again is of the scenario's next execution.
    if (suite != suite_ || !names_.insert(name).second) {
      names_ = {name};
      suite_ = suite;
      run_.executions.push_back({.position = run_.executions.size(),
                                 .test = scenario_test_id(suite[1]),
                                 .daemon = suite[0],
                                 .time = run_.time,
                                 .partial = true,  // until its time as a whole is known
                                 .verdict = Verdict::Skipped});
    }
    RecordedExecution& execution = run_.executions.back();
    const RecordedExecution one = execution_of(test, run_.time);
    const auto raw = verdict_of_name(test.value("rawStatus", std::string(to_string(one.verdict))));
    const Verdict verdict = raw.value_or(one.verdict);
    const bool bad = verdict == Verdict::Failed || verdict == Verdict::Interrupted;
    if (bad && execution.failure == FailureClass::None) {
      execution.verdict = verdict;
      execution.reason = one.reason;
      execution.failure =
          verdict == Verdict::Interrupted ? FailureClass::Interrupted : FailureClass::Assertion;
    } else if (verdict == Verdict::Passed && execution.verdict == Verdict::Skipped) {
      execution.verdict = verdict;
    }
    if (name == suite[1]) {
      execution.seconds = one.seconds;
      execution.partial = test.at("extra").value("partial", false);
      return;
    }
    if (execution.partial) execution.seconds += one.seconds;
    execution.subtests.push_back(
        {scenario_test_id(suite[1], name), verdict, one.seconds, one.reason});
  }

 private:
  RecordedRun& run_;
  std::vector<std::string> suite_;
  std::set<std::string> names_;
};

// What only noderig's reports have.
void take_own_environment(RecordedRun& run, const Json& extra) {
  extra.at("run").get_to(run.name);
  run.seed = extra.at("seed").get<std::uint64_t>();
  extra.at("host").get_to(run.machine.host);
  if (extra.contains("modified")) run.modified = extra["modified"].get<bool>();
  for (const Json& daemon : extra.at("daemons")) {
    run.daemons.push_back({.name = daemon.at("name"),
                           .flavour = daemon.at("flavour"),
                           .version = daemon.at("version"),
                           .path = daemon.at("path"),
                           .arguments = {}});
  }
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
    if (run.origin == "noderig") take_own_environment(run, environment.at("extra"));
    tests = &results.at("tests");
    if (!tests->is_array()) throw std::invalid_argument("results.tests is no list");
  } catch (const std::exception& error) {
    fail_import(file, 1, fmt::format("it is no CTRF: {}", error.what()));
  }
  OwnTests own_tests(run);
  for (std::size_t i = 0; i < tests->size(); ++i) {
    try {
      if (run.origin == "noderig") {
        own_tests.take((*tests)[i]);
        continue;
      }
      run.executions.push_back(execution_of((*tests)[i], run.time));
      run.executions.back().position = i;
    } catch (const std::exception& error) {
      const auto& lines = json.element_lines;
      fail_import(file, i < lines.size() ? lines[i] : 1,
                  fmt::format("results.tests[{}] is no test: {}", i, error.what()));
    }
  }
  return {run};
}

}  // namespace noderig
