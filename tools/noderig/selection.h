// Which scenarios a command is about: names and globs, tags, exclusions. What is asked for and
// matches nothing is a mistake, told with the nearest word there is.
#pragma once

#include <noderig/framework/plugin.h>
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace noderig {

// Whether a shell glob matches the whole name.
bool glob_matches(const std::string& pattern, const std::string& name);

struct Selection {
  std::vector<std::string> names{};     // names and globs; all when there is none
  std::vector<std::string> tags{};      // with one of these; any when there is none
  std::vector<std::string> excluded{};  // names and globs
  std::vector<std::string> plugins{};   // files, beside those of the plugin directories

  void add_options(CLI::App& command);

  // The scenarios that are chosen, by name. Throws UsageError when a word matches nothing or
  // nothing is left, EnvironmentError when there is no scenario at all.
  std::vector<Scenario> choose() const;
};

}  // namespace noderig
