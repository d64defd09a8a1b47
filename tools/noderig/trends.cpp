#include "trends.h"

#include "history_command.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/history/history.h>
#include <algorithm>
#include <set>

namespace noderig {
namespace {

constexpr std::size_t kTimes = 50;     // of the latest runs that passed
constexpr std::size_t kVerdicts = 20;  // of the latest runs

template <typename T>
void keep_last(std::vector<T>& values, std::size_t count) {
  if (values.size() > count)
    values.erase(values.begin(), values.end() - static_cast<std::ptrdiff_t>(count));
}

Trend trend_of(const PastTest& test, const std::string& scenario, const std::string& daemon) {
  Trend trend{.scenario = scenario, .daemon = daemon};
  for (const PastExecution& one : test.executions) {
    if (one.partial || one.daemon == nullptr || one.daemon->to_string() != daemon) continue;
    ++trend.runs;
    if (one.verdict == Verdict::Failed) ++trend.failures;
    if (one.verdict == Verdict::Passed) trend.seconds.push_back(one.seconds);
    trend.last.push_back(one.verdict);
  }
  keep_last(trend.seconds, kTimes);
  keep_last(trend.last, kVerdicts);
  return trend;
}

PastTests past_of(const RunResult& run) {
  std::set<std::string, std::less<>> ids;
  for (const Execution& one : run.executions) ids.insert(scenario_test_id(one.scenario));
  PastTests past;
  try {
    with_past([&](History& history) {
      past = history.past([&](std::string_view id) { return ids.contains(id); });
    });
  } catch (const EnvironmentError& error) {
    // A report of the run alone is better than none.
    fmt::print(stderr, "noderig: the page has no trends: {}\n", error.what());
  }
  return past;
}

}  // namespace

std::vector<Trend> trends_of(const RunResult& run) {
  const PastTests past = past_of(run);
  std::vector<Trend> trends;
  for (const Execution& one : run.executions) {
    const auto daemon = std::ranges::find(run.daemons, one.daemon, &DaemonUsed::name);
    const auto test = std::ranges::find(past.tests, scenario_test_id(one.scenario), &PastTest::id);
    if (daemon == run.daemons.end() || test == past.tests.end()) continue;
    Trend trend = trend_of(*test, one.scenario, daemon->flavour + " " + daemon->version);
    const auto same = [&](const Trend& other) {
      return other.scenario == trend.scenario && other.daemon == trend.daemon;
    };
    if (trend.runs > 0 && std::ranges::none_of(trends, same)) trends.push_back(std::move(trend));
  }
  return trends;
}

}  // namespace noderig
