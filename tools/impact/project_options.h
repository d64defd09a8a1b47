// What the commands have in common: which project, which build directory, what to leave out, and
// progress on a terminal.
#pragma once

#include <impact/analysis/analyse.h>
#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace noderig::impact {

struct ProjectOptions {
  std::string project = ".";
  std::string build{};
  std::vector<std::string> ignored{};
  unsigned jobs = 0;

  void add_options(CLI::App& command);

  // The root of the git work tree that `project` is in, absolute. Throws UsageError when it is in
  // none.
  std::filesystem::path project_root() const;
  // Absolute; PROJECT/build unless it is named. Throws UsageError when it is no directory.
  std::filesystem::path build_directory() const;
  // PROJECT/.noderig, made when it is not there.
  std::filesystem::path state_directory() const;
  // With the cache of the project, and progress on standard error while it analyses.
  Analyser analyser() const;
};

}  // namespace noderig::impact
