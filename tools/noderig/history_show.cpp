#include "history_command.h"
#include "json_output.h"
#include "selection.h"
#include "usage.h"

#include <fmt/format.h>
#include <noderig/framework/history/summary.h>
#include <noderig/framework/nearest.h>
#include <algorithm>

namespace noderig {
namespace {

using Json = nlohmann::json;

struct ShowOptions {
  std::vector<std::string> names;
  std::size_t last = 20;
  JsonOutput json;
};

// What a test is called here: a scenario by its name, everything else by its id.
std::string shown_name(const std::string& id) {
  const std::string scenario = scenario_of_test_id(id);
  return scenario.empty() ? id : scenario;
}

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

Json json_of(const PastExecution& one) {
  const std::string& revision = one.run->revision;
  return {{"run", one.run->name},
          {"time", to_rfc3339(one.time)},
          {"daemon", one.daemon ? Json(one.daemon->to_string()) : Json()},
          {"revision", revision.empty() ? Json() : Json(revision)},
          {"verdict", to_string(one.verdict)},
          {"seconds", one.seconds},
          {"failure", one.failure == FailureClass::None ? Json() : Json(to_string(one.failure))},
          {"flaky", one.flaky},
          {"partial", one.partial}};
}

Json json_of(const PastTest& test, const PastSummary& summary, std::size_t last) {
  Json newest = Json::array();  // the newest first
  for (auto one = test.executions.rbegin(); one != test.executions.rend() && newest.size() < last;
       ++one) {
    newest.push_back(json_of(*one));
  }
  return {{"name", shown_name(test.id)},
          {"id", test.id},
          {"runs", summary.runs},
          {"failures", summary.failures},
          {"flaky", summary.flaky},
          {"interrupted", summary.interrupted},
          {"skipped", summary.skipped},
          {"flaky_rate", {{"low", summary.flaky_rate.low}, {"high", summary.flaky_rate.high}}},
          {"median_seconds", or_null(summary.median_seconds)},
          {"trend", or_null(summary.trend)},
          {"last", newest}};
}

std::string flaky_text(const PastSummary& summary) {
  const int judged = summary.runs - summary.interrupted;
  if (judged == 0) return "-";
  return fmt::format("{:.1f} % ({:.1f} to {:.1f})", 100.0 * summary.flaky / judged,
                     100 * summary.flaky_rate.low, 100 * summary.flaky_rate.high);
}

void print_table(const std::vector<std::pair<const PastTest*, PastSummary>>& tests,
                 std::size_t last) {
  std::size_t width = 4;
  for (const auto& [test, summary] : tests) width = std::max(width, shown_name(test->id).size());
  width = std::min(width, std::size_t{60});
  fmt::print("{:<{}} {:>6} {:>6} {:>5}  {:<22} {:>10} {:>7}  {}\n", "test", width, "runs", "failed",
             "flaky", "flaky rate, 95 %", "median", "trend", "last");
  for (const auto& [test, summary] : tests) {
    const std::string median =
        summary.median_seconds ? fmt::format("{:.2f} s", *summary.median_seconds) : "-";
    const std::string trend = summary.trend ? fmt::format("{:+.0f} %", 100 * *summary.trend) : "-";
    fmt::print("{:<{}} {:>6} {:>6} {:>5}  {:<22} {:>10} {:>7}  {}\n", shown_name(test->id), width,
               summary.runs, summary.failures, summary.flaky, flaky_text(summary), median, trend,
               verdict_strip(*test, last));
  }
  fmt::print(
      "last: . passed, F failed, f failed and passed on the same build, s skipped, ! interrupted;\n"
      "the newest is on the right. trend: the last 10 against the up to 50 before.\n");
}

// The patterns that no test has matched are mistakes.
void require_matches(const std::vector<std::string>& patterns, const std::vector<bool>& matched,
                     const std::vector<std::string>& known) {
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (matched[i]) continue;
    throw UsageError(fmt::format("the history has no test named \"{}\"{}", patterns[i],
                                 did_you_mean(patterns[i], known)));
  }
}

void show(const ShowOptions& options, History& history) {
  std::vector<bool> matched(options.names.size(), false);
  std::vector<std::string> known;
  const auto wanted = [&](std::string_view id) {
    const std::string name = shown_name(std::string(id));
    if (!options.names.empty()) known.push_back(name);
    bool any = options.names.empty();
    for (std::size_t i = 0; i < options.names.size(); ++i) {
      if (!glob_matches(options.names[i], name) && options.names[i] != id) continue;
      matched[i] = true;
      any = true;
    }
    return any;
  };
  const bool asks_for_subtests = std::ranges::any_of(
      options.names, [](const std::string& name) { return name.find('/') != std::string::npos; });
  const PastTests past = history.past(
      wanted, asks_for_subtests ? History::Subtests::With : History::Subtests::Without);
  require_matches(options.names, matched, known);

  std::vector<std::pair<const PastTest*, PastSummary>> summaries;
  for (const PastTest& test : past.tests) summaries.emplace_back(&test, summary_of(test));
  if (options.json.wanted()) {
    Json tests = Json::array();
    for (const auto& [test, summary] : summaries) {
      tests.push_back(json_of(*test, summary, options.last));
    }
    options.json.write({{"schema", 1}, {"scenarios", tests}});
  }
  if (options.json.to_stdout) return;
  if (summaries.empty()) {
    fmt::print("There are no past runs yet.\n");
  } else {
    print_table(summaries, options.last);
  }
}

}  // namespace

void add_history_show(CLI::App& history, Action& action) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = history.add_subcommand(
      "show", "Shows how often tests ran, failed and were flaky, and how long they take");
  command->add_option("name", options->names,
                      "Scenarios, or ids of other tests, by name or glob; all when none is given");
  command->add_option("--last", options->last, "How many of the latest verdicts are shown")
      ->check(whole_number())
      ->type_name("N")
      ->capture_default_str();
  options->json.add_options(*command);
  command->callback([options, &action] {
    action = [options] {
      with_past([&](History& opened) { show(*options, opened); });
      return kExitPassed;
    };
  });
}

}  // namespace noderig
