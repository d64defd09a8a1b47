#include "selection.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/history/records.h>
#include <noderig/framework/nearest.h>
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace noderig {
namespace {

bool any_matches(const std::vector<std::string>& patterns, const std::string& name) {
  return std::ranges::any_of(patterns, [&](const auto& one) { return glob_matches(one, name); });
}

// Each pattern must match one of the scenarios.
void require_known(const std::vector<std::string>& patterns, const std::vector<Scenario>& all) {
  std::vector<std::string> names;
  for (const Scenario& scenario : all) names.push_back(scenario.name());
  for (const std::string& pattern : patterns) {
    const auto matched = [&](const std::string& name) { return glob_matches(pattern, name); };
    if (std::ranges::any_of(names, matched)) continue;
    // A test's id, as reports and plans have it.
    const bool prefixed = pattern.starts_with(kScenarioPrefix);
    const std::string id = prefixed ? pattern.substr(kScenarioPrefix.size()) : pattern;
    const std::size_t slash = std::min(id.find('/'), id.size());
    const std::string its_scenario = id.substr(0, slash);
    if (std::ranges::find(names, its_scenario) != names.end()) {
      const std::string part = slash < id.size() ? " --subtest " + id.substr(slash + 1) : "";
      throw UsageError(fmt::format("no scenario is named \"{}\"; what has that id is run by `{}{}`",
                                   pattern, its_scenario, part));
    }
    // The name of a file that calls its scenario otherwise.
    for (const Scenario& scenario : all) {
      if (scenario.plugin.stem() != pattern) continue;
      throw UsageError(fmt::format("no scenario is named \"{}\": {} calls its scenario \"{}\"",
                                   pattern, scenario.definition->source_file, scenario.name()));
    }
    throw UsageError(fmt::format("no scenario is named \"{}\"{} (`noderig list` shows them)",
                                 pattern, did_you_mean(pattern, names)));
  }
}

void require_known_tags(const std::vector<std::string>& tags, const std::vector<Scenario>& all) {
  std::set<std::string> known;
  for (const Scenario& scenario : all) {
    known.insert(scenario.metadata().tags.begin(), scenario.metadata().tags.end());
  }
  for (const std::string& tag : tags) {
    if (known.contains(tag)) continue;
    throw UsageError(fmt::format("no scenario has the tag \"{}\"{} (`noderig list` shows them)",
                                 tag, did_you_mean(tag, {known.begin(), known.end()})));
  }
}

bool is_glob(const std::string& name) {
  return name.find_first_of("*?[\\") != std::string::npos;
}

// The scenarios of those names from the program's own files, which are called like them; none when
// one is not there. Loading them all takes as long as all else that comes before the first daemon.
std::vector<Scenario> load_named(const std::vector<std::string>& names) {
  std::map<std::string, Scenario> found;
  for (const std::string& name : names) {
    const std::filesystem::path file = plugin_directories().front() / (name + ".so");
    std::error_code error;
    if (is_glob(name) || !std::filesystem::exists(file, error)) return {};
    const Scenario scenario = load_plugin(file);
    if (scenario.name() != name) return {};
    found.emplace(name, scenario);
  }
  std::vector<Scenario> scenarios;
  for (const auto& [name, scenario] : found) scenarios.push_back(scenario);
  return scenarios;
}

}  // namespace

bool glob_matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

void Selection::add_options(CLI::App& command) {
  command.add_option("name", names, "Scenarios by name or glob; all when none is given");
  command.add_option("--tag", tags, "Only scenarios with that tag; repeat it for one of several")
      ->type_name("TAG")
      ->allow_extra_args(false);
  command.add_option("--exclude", excluded, "Not the scenarios with that name or glob")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  command.add_option("--plugin", plugins, "A scenario plugin to load as well")
      ->type_name("FILE")
      ->allow_extra_args(false);
}

std::vector<Scenario> Selection::choose() const {
  const bool more_plugins = !plugins.empty() || plugin_directories().size() > 1;
  if (tags.empty() && excluded.empty() && !more_plugins) {
    if (auto named = load_named(names); !named.empty()) return named;
  }
  const auto all = discover_scenarios({plugins.begin(), plugins.end()});
  if (all.empty()) {
    throw EnvironmentError(
        fmt::format("no scenario plugin was found in {}", plugin_directories().front().string()));
  }
  require_known(names, all);
  require_known(excluded, all);
  require_known_tags(tags, all);
  std::vector<Scenario> chosen;
  for (const Scenario& scenario : all) {
    const auto& its_tags = scenario.metadata().tags;
    const bool named = names.empty() || any_matches(names, scenario.name());
    const bool tagged =
        tags.empty() || std::ranges::find_first_of(its_tags, tags) != its_tags.end();
    if (named && tagged && !any_matches(excluded, scenario.name())) chosen.push_back(scenario);
  }
  if (chosen.empty()) {
    throw UsageError("no scenario is left: each one that was named lacks the tag or is excluded");
  }
  return chosen;
}

}  // namespace noderig
