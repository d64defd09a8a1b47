#include "colours.h"
#include "history_command.h"
#include "risk_commands.h"
#include "risk_input.h"

#include <fmt/format.h>
#include <noderig/framework/history/history.h>
#include <noderig/framework/nearest.h>
#include <risk/burndown.h>
#include <algorithm>
#include <map>
#include <memory>
#include <set>

namespace noderig {
namespace {

struct BurndownOptions {
  RiskInput input;
  JsonOutput json;
  std::string html;
  std::vector<std::string> runs;
};

// What one execution of a past run came to.
struct Ended {
  std::string test;
  std::string flavour;  // of the daemon; empty where none was involved
  risk::RunVerdict verdict;
  double end;  // seconds since its run began
};

// What is left undone keeps the risk. Some sub-tests that passed are no pass of the whole.
risk::RunVerdict verdict_of(const PastExecution& one) {
  if (one.verdict == Verdict::Skipped) return risk::RunVerdict::Skipped;
  if (one.verdict != Verdict::Passed) return risk::RunVerdict::Failed;
  return one.partial ? risk::RunVerdict::Skipped : risk::RunVerdict::Passed;
}

// The executions of each run that is named, in the order they ended; runs oldest first.
std::vector<std::vector<Ended>> past_runs(const std::vector<std::string>& names) {
  PastTests past;
  with_past([&](History& history) { past = history.past([](std::string_view) { return true; }); });
  std::map<std::pair<TimePoint, std::string>, std::vector<Ended>> runs;
  std::set<std::string> known;
  for (const PastTest& test : past.tests) {
    for (const PastExecution& one : test.executions) {
      known.insert(one.run->name);
      if (std::ranges::find(names, one.run->name) == names.end()) continue;
      const std::chrono::duration<double> begin = one.time - one.run->time;
      runs[{one.run->time, one.run->name}].push_back(
          {test.id, one.daemon == nullptr ? "" : one.daemon->flavour, verdict_of(one),
           std::max(0.0, begin.count()) + one.seconds});
    }
  }
  for (const std::string& name : names) {
    if (known.contains(name)) continue;
    throw UsageError(fmt::format("no run is named \"{}\"{}", name,
                                 did_you_mean(name, {known.begin(), known.end()})));
  }
  std::vector<std::vector<Ended>> ordered;
  for (auto& [run, executions] : runs) {
    std::ranges::stable_sort(executions, {}, &Ended::end);
    ordered.push_back(std::move(executions));
  }
  return ordered;
}

// What really happened. The risk of a test is what it is now; a test that only a later run has is
// scope that was added. A pass on one daemon says nothing of another.
risk::Burndown of_runs(const std::vector<std::vector<Ended>>& runs, const risk::Ranking& ranking,
                       const risk::Register& tests) {
  std::map<std::string, std::optional<int>> risks;
  for (const risk::Ranked& one : ranking.tests) {
    risks[tests.tests[one.test].id] = one.overall();
  }
  std::set<std::string> flavours;
  for (const auto& run : runs) {
    for (const Ended& one : run) flavours.insert(one.flavour);
  }
  const auto name_of = [&](const Ended& one) {
    return flavours.size() < 2 || one.flavour.empty() ? one.test : one.test + " on " + one.flavour;
  };
  risk::Burndown burndown;
  std::set<std::string> in_scope;
  double before = 0;  // seconds of the runs before
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const Ended& one : runs[i]) {
      const std::string name = name_of(one);
      if (in_scope.insert(name).second) burndown.add(name, risks[one.test], before);
    }
    if (i == 0) burndown.begin();
    for (const Ended& one : runs[i]) {
      burndown.ended(name_of(one), one.verdict, before + one.end);
    }
    if (!runs[i].empty()) before += runs[i].back().end;
  }
  return burndown;
}

int burndown(const BurndownOptions& options) {
  options.json.check({{"--html", options.html}});
  const risk::Register tests = options.input.read();
  const risk::Ranking ranking = options.input.view.rank(tests);
  const risk::Burndown result = options.runs.empty()
                                    ? risk::planned_burndown(ranking, tests)
                                    : of_runs(past_runs(options.runs), ranking, tests);
  options.json.write(risk::to_json(result));
  if (!options.html.empty()) {
    write_page(options.html, "Risk burn-down", risk::burndown_html(result));
  }
  if (!options.json.to_stdout) fmt::print("{}", risk::burndown_text(result, takes_colours(stdout)));
  return kExitPassed;
}

}  // namespace

void add_risk_burndown(CLI::App& risk, Action& action) {
  auto options = std::make_shared<BurndownOptions>();
  CLI::App* command = risk.add_subcommand(
      "burndown", "How much risk remains while tests run; without a run, as planned");
  command->add_option("run", options->runs, "Past runs by name, one after the other");
  options->input.add_options(*command);
  options->json.add_options(*command);
  command->add_option("--html", options->html, "Write it as a page of its own")->type_name("FILE");
  command->callback([options, &action] { action = [options] { return burndown(*options); }; });
}

}  // namespace noderig
