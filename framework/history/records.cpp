#include <noderig/framework/history/records.h>

namespace noderig {

std::string scenario_test_id(const std::string& scenario, const std::string& subtest) {
  const std::string id = std::string(kScenarioPrefix) + scenario;
  return subtest.empty() ? id : id + "/" + subtest;
}

std::string scenario_of_test_id(const std::string& id) {
  if (!id.starts_with(kScenarioPrefix) || id.find('/') != std::string::npos) return {};
  return id.substr(kScenarioPrefix.size());
}

std::optional<Verdict> verdict_of_name(std::string_view name) {
  for (const Verdict one :
       {Verdict::Passed, Verdict::Failed, Verdict::Skipped, Verdict::Interrupted}) {
    if (to_string(one) == name) return one;
  }
  return {};
}

RecordedExecution recorded(const Execution& execution, std::size_t position, TimePoint time) {
  RecordedExecution record{.position = position,
                           .test = scenario_test_id(execution.scenario),
                           .daemon = execution.daemon,
                           .time = time,
                           .partial = execution.partial,
                           .verdict = execution.verdict,
                           .seconds = execution.wall,
                           .rig_cpu = execution.rig_cpu,
                           .daemon_cpu = execution.daemon_cpu(),
                           .busiest_daemon_cpu = execution.busiest_daemon_cpu(),
                           .peak_rss_bytes = execution.peak_rss_bytes,
                           .assertions = execution.assertions,
                           .failure = failure_class(execution),
                           .reason = execution.reason,
                           .flaky = execution.flaky && execution.verdict == Verdict::Failed,
                           .bundle = execution.bundle};
  for (const SubtestResult& one : execution.subtests) {
    record.subtests.push_back(
        {scenario_test_id(execution.scenario, one.name), one.verdict, one.seconds, one.reason});
  }
  return record;
}

}  // namespace noderig
