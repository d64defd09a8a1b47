#include "run_plan.h"

#include "risk_order.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/nearest.h>
#include <noderig/framework/runner/matrix.h>
#include <noderig/framework/runner/plan.h>
#include <noderig/framework/runner/shard.h>
#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace noderig {
namespace {

// A scenario with what of it is to run, and why.
struct Chosen {
  Scenario scenario;
  std::vector<std::string> subtests{};  // empty: all
  std::vector<std::string> reasons{};
};

const Scenario* scenario_named(const std::vector<Scenario>& scenarios, const std::string& name) {
  const auto found = std::ranges::find(scenarios, name, &Scenario::name);
  return found == scenarios.end() ? nullptr : &*found;
}

void require_known_subtests(const PlannedScenario& planned, const Scenario& scenario,
                            const std::string& file) {
  const auto& known = scenario.metadata().subtests;
  for (const std::string& name : planned.subtests) {
    if (std::ranges::find(known, name) != known.end()) continue;
    throw UsageError(fmt::format("the plan {}: {} has no sub-test \"{}\"{}", file, planned.scenario,
                                 name, did_you_mean(name, known)));
  }
}

// The plan's scenarios that the other options choose too, in its order.
std::vector<Chosen> choose_planned(const RunCommandOptions& options) {
  const std::vector<PlannedScenario> plan = by_scenario(read_plan(options.plan));
  if (plan.empty()) throw UsageError(fmt::format("the plan {} has no test", options.plan));
  Selection named = {.plugins = options.selection.plugins};
  for (const PlannedScenario& one : plan) named.names.push_back(one.scenario);
  const std::vector<Scenario> known = named.choose();
  const std::vector<Scenario> selected = options.selection.choose();
  std::vector<Chosen> chosen;
  for (const PlannedScenario& one : plan) {
    require_known_subtests(one, *scenario_named(known, one.scenario), options.plan);
    const Scenario* scenario = scenario_named(selected, one.scenario);
    if (scenario != nullptr) chosen.push_back({*scenario, one.subtests, one.reasons});
  }
  if (chosen.empty()) {
    throw UsageError(
        fmt::format("no test is left: the plan {} has none of the named scenarios", options.plan));
  }
  return chosen;
}

// The scenarios that a change can affect, in the order that impact analysis gives them, and those
// that it knows nothing of.
std::vector<Chosen> choose_changed(const RunCommandOptions& options, const ChangedSince& changed) {
  const std::vector<Scenario> selected = options.selection.choose();
  std::vector<Chosen> chosen;
  for (const std::string& name : changed.affected) {
    const Scenario* scenario = scenario_named(selected, name);
    if (scenario != nullptr) chosen.push_back({*scenario, {}, changed.reasons.at(name)});
  }
  for (const Scenario& scenario : selected) {
    if (changed.reasons.contains(scenario.name()) || changed.unaffected.contains(scenario.name())) {
      continue;
    }
    chosen.push_back({scenario, {}, {"no recording knows it"}});
  }
  return chosen;
}

std::vector<Chosen> choose(const RunCommandOptions& options,
                           const std::optional<ChangedSince>& changed) {
  if (!options.plan.empty()) return choose_planned(options);
  if (changed) return choose_changed(options, *changed);
  std::vector<Chosen> chosen;
  for (const Scenario& scenario : options.selection.choose()) chosen.push_back({scenario});
  return chosen;
}

// Keeps the sub-tests that --subtest names; false when the scenario has none of them.
bool keep_subtests(Chosen& chosen, const std::vector<std::string>& patterns) {
  if (patterns.empty()) return true;
  if (chosen.subtests.empty()) chosen.subtests = chosen.scenario.metadata().subtests;
  std::erase_if(chosen.subtests, [&](const std::string& name) {
    return std::ranges::none_of(patterns, [&](const auto& one) { return glob_matches(one, name); });
  });
  return !chosen.subtests.empty();
}

void require_known_patterns(const std::vector<std::string>& patterns,
                            const std::vector<Chosen>& chosen) {
  std::vector<std::string> known;
  for (const Chosen& one : chosen) {
    const auto& names = one.scenario.metadata().subtests;
    known.insert(known.end(), names.begin(), names.end());
  }
  for (const std::string& pattern : patterns) {
    const auto matches = [&](const std::string& name) { return glob_matches(pattern, name); };
    if (std::ranges::any_of(known, matches)) continue;
    throw UsageError(
        fmt::format("no sub-test is named \"{}\"{}", pattern, did_you_mean(pattern, known)));
  }
}

}  // namespace

std::optional<PastTimes> past_times_of(const ExpectedSeconds& known, const std::string& scenario,
                                       const std::string& flavour) {
  const auto median = known.of(scenario, flavour);
  if (!median) return {};
  std::vector<double> seconds = known.all_of(scenario, flavour);
  PastTimes past{.runs = static_cast<int>(seconds.size()), .median = *median, .high = *median};
  if (!seconds.empty()) {
    const auto high = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() * 9 / 10);
    std::ranges::nth_element(seconds, high);
    past.high = *high;
    past.least = std::ranges::min(seconds);
  }
  return past;
}

std::vector<PlannedExecution> make_plan(const RunCommandOptions& options,
                                        const std::optional<ChangedSince>& changed,
                                        const std::vector<DaemonProfile>& daemons,
                                        const PastTimesOf& past_times) {
  std::vector<Chosen> chosen = choose(options, changed);
  require_known_patterns(options.subtests, chosen);
  const std::vector<std::string> daemon_names = names_in_run(daemons);
  std::vector<PlannedExecution> plan;
  for (Chosen& one : chosen) {
    if (!keep_subtests(one, options.subtests)) continue;
    for (std::size_t i = 0; i < daemons.size(); ++i) {
      plan.push_back({.scenario = one.scenario,
                      .daemon = daemons[i],
                      .daemon_name = daemon_names[i],
                      .subtests = one.subtests,
                      .reasons = one.reasons,
                      .past = past_times(one.scenario.name(), daemons[i].flavour)});
    }
  }
  return plan;
}

std::optional<ShardOfRun> keep_shard(std::vector<PlannedExecution>& plan,
                                     const RunCommandOptions& options, std::FILE* out) {
  const auto shard =
      choose_shard(options.shard, [](const char* name) { return std::getenv(name); });
  if (!shard) return {};
  // How a program says that it knows of shards to those who set TEST_SHARD_INDEX.
  if (const char* file = std::getenv("TEST_SHARD_STATUS_FILE")) std::ofstream(file, std::ios::app);
  std::vector<ShardItem> items;
  for (const PlannedExecution& one : plan) {
    items.push_back({.id = one.scenario.name() + " on " + one.daemon_name,
                     .seconds = scheduled(one).expected_seconds});
  }
  const Division division = divide(items, shard->count);
  ShardOfRun part{.index = shard->index, .count = shard->count, .division = division.name};
  std::vector<PlannedExecution> kept;
  for (int index = 1; index <= shard->count; ++index) {
    for (const std::size_t item : division.shards[static_cast<std::size_t>(index - 1)]) {
      (index == shard->index ? part.own : part.others).push_back(items[item].id);
      if (index == shard->index) kept.push_back(plan[item]);
    }
  }
  fmt::print(out, "Shard {} of {} (by {}): {} of {}, division {}\n", shard->index, shard->count,
             shard->from, kept.size(), plan.size(), division.name);
  plan = std::move(kept);
  return part;
}

std::unique_ptr<Order> choose_order(const RunCommandOptions& options,
                                    const std::optional<ChangedSince>& changed,
                                    std::vector<PlannedExecution>& plan, std::uint64_t seed) {
  if (options.shuffle) return shuffled_order(plan.size(), seed);
  std::string order = options.order;
  if (order.empty()) {
    const bool planned = !options.plan.empty() || changed.has_value();
    order = planned || options.jobs_or_default() == 1 ? "listed" : "longest";
  }
  if (order == "risk") {
    auto [by_risk, notes] = order_by_risk(plan, options, changed);
    for (const std::string& note : notes) fmt::print(stderr, "note: {}\n", note);
    return std::move(by_risk);
  }
  if (order == "listed") return listed_order();
  std::vector<ScheduledItem> items;
  for (const PlannedExecution& one : plan) items.push_back(scheduled(one));
  return longest_order(items);
}

}  // namespace noderig
