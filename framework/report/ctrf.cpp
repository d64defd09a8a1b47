#include <fmt/format.h>
#include <noderig/framework/report/cases.h>
#include <noderig/framework/report/ctrf.h>
#include <noderig/framework/report/text.h>
#include <algorithm>
#include <cmath>

namespace noderig {
namespace {

using Json = nlohmann::json;

// The version of the specification that says what follows.
constexpr std::string_view kSpecification = "0.0.0";

std::string_view status_of(Verdict verdict) {
  return verdict == Verdict::Interrupted ? "other" : to_string(verdict);
}

std::int64_t milliseconds(double seconds) {
  return std::llround(seconds * 1000);
}

std::int64_t milliseconds_of(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

// Steps have no verdict of their own: the one in which the scenario ended has the scenario's.
Json steps_of(const Execution& execution) {
  Json steps = Json::array();
  for (const StepTime& step : execution.steps) {
    const bool last = &step == &execution.steps.back();
    steps.push_back(
        {{"name", printable(step.text)},
         {"status", status_of(last ? execution.verdict : Verdict::Passed)},
         {"extra",
          {{"offset", milliseconds(step.offset)}, {"duration", milliseconds(step.seconds)}}}});
  }
  return steps;
}

// Why it was in the plan.
Json reasons_of(const std::vector<std::string>& reasons) {
  Json list = Json::array();
  for (const std::string& reason : reasons) list.push_back(printable(reason));
  return list;
}

Json test_of(const RunResult& run, const Execution& execution, const ReportedCase& one) {
  const SubtestResult& result = one.result;
  Json test = {{"name", printable(result.name)},
               {"status", status_of(result.verdict)},
               {"rawStatus", to_string(one.verdict)},
               {"duration", milliseconds(result.seconds)},
               {"suite", {execution.daemon, execution.scenario}},
               {"type", "functional"},
               {"extra", {{"daemon", execution.daemon}}}};
  if (one.offset) {
    const double begin = execution.started + *one.offset;
    const std::int64_t start = milliseconds_of(run.begin) + milliseconds(begin);
    test["start"] = start;
    test["stop"] = start + milliseconds(result.seconds);
  }
  if (!result.reason.empty()) test["message"] = printable(result.reason);
  if (one.whole && !execution.steps.empty()) test["steps"] = steps_of(execution);
  if (execution.partial) test["extra"]["partial"] = true;
  if (!execution.reasons.empty()) test["extra"]["planned"] = reasons_of(execution.reasons);
  if (!execution.failed_in.empty()) {
    // The format's own field is for what passed in the end; of which sub-test is not known.
    if (one.whole) test["flaky"] = true;
    test["extra"]["flaky"] = true;
    test["extra"]["failed_in"] = printable(execution.failed_in);
  }
  if (result.verdict != Verdict::Passed) {
    if (execution.flaky) test["extra"]["flaky"] = true;
    if (!execution.bundle.empty()) test["extra"]["bundle"] = printable(execution.bundle);
    if (!execution.repeat.empty()) test["extra"]["repeat"] = printable(execution.repeat);
  }
  return test;
}

Json environment_of(const RunResult& run) {
  Json daemons = Json::array();
  for (const DaemonUsed& daemon : run.daemons) {
    daemons.push_back({{"name", daemon.name},
                       {"flavour", daemon.flavour},
                       {"version", daemon.version},
                       {"path", printable(daemon.path)}});
  }
  Json environment = {{"osPlatform", "linux"},
                      {"osRelease", printable(run.machine.system)},
                      {"extra",
                       {{"run", run.run},
                        {"seed", run.seed},
                        {"host", printable(run.machine.host)},
                        {"cores", run.machine.cores},
                        {"memory_bytes", run.machine.memory_bytes},
                        {"planned_executions", run.planned},
                        {"daemons", daemons}}}};
  if (!run.revision.empty()) environment["commit"] = run.revision;
  if (run.modified) environment["extra"]["modified"] = *run.modified;
  return environment;
}

}  // namespace

std::string ctrf_json(const RunResult& run) {
  Json tests = Json::array();
  for (const Execution& execution : run.executions) {
    for (const ReportedCase& one : cases_of(execution)) {
      tests.push_back(test_of(run, execution, one));
    }
  }
  for (const NotRun& left_out : run.not_run) {
    tests.push_back({{"name", printable(left_out.scenario)},
                     {"status", "pending"},
                     {"rawStatus", "not run"},
                     {"duration", 0},
                     {"suite", {left_out.daemon, left_out.scenario}},
                     {"type", "functional"},
                     {"message", printable(left_out.reason)},
                     {"extra", {{"daemon", left_out.daemon}, {"times", left_out.times}}}});
    if (!left_out.reasons.empty()) tests.back()["extra"]["planned"] = reasons_of(left_out.reasons);
  }
  const auto with_status = [&](std::string_view status) {
    return std::ranges::count_if(tests, [&](const Json& test) { return test["status"] == status; });
  };
  const std::int64_t start = milliseconds_of(run.begin);
  const std::int64_t duration = milliseconds(run.wall);
  const Json summary = {{"tests", tests.size()},
                        {"passed", with_status("passed")},
                        {"failed", with_status("failed")},
                        {"skipped", with_status("skipped")},
                        {"pending", with_status("pending")},
                        {"other", with_status("other")},
                        {"suites", run.executions.size()},
                        {"start", start},
                        {"stop", start + duration},
                        {"duration", duration}};
  const auto stop = run.begin + std::chrono::milliseconds(duration);
  return Json{{"reportFormat", "CTRF"},
              {"specVersion", kSpecification},
              {"timestamp", rfc3339(stop)},
              {"generatedBy", "noderig"},
              {"results",
               {{"tool", {{"name", "noderig"}}},
                {"summary", summary},
                {"tests", tests},
                {"environment", environment_of(run)}}}}
             .dump(2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

}  // namespace noderig
