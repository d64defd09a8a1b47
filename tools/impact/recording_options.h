// What the commands that read or write recordings have in common, beside the project: where the
// recording is, which tests the user cares for, and how to print.
#pragma once

#include "project_options.h"

#include <impact/record/recorder.h>
#include <impact/select/selecting.h>
#include <noderig/json_output.h>
#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace noderig::impact {

struct RecordingOptions {
  ProjectOptions project{};
  std::string database{};
  std::vector<std::string> tests{};  // globs
  std::string before{};              // a revision; empty: what was last recorded
  std::string after{};               // a revision; empty: the work tree
  JsonOutput json{};

  void add_options(CLI::App& command);
  // --before and --after.
  void add_version_options(CLI::App& command);

  // --db, or impact.sqlite in the project's state directory.
  std::filesystem::path database_file() const;
  // --build, else the one that was last recorded, else PROJECT/build.
  std::filesystem::path build_directory() const;
  // Of that project and build directory, with progress on standard error.
  Analyser analyser() const;
  // Of --after against --before.
  SelectRequest select_request() const;
  // With progress on standard error; results where `out` goes.
  RecorderOptions recorder_options(const std::string& daemon, bool build_first) const;
  // Where what people read goes.
  std::FILE* out() const { return json.to_stdout ? stderr : stdout; }
};

// The absolute name of what --daemon names. Throws UsageError when it is not there.
std::filesystem::path daemon_to_record(const std::string& option);

// 0 for what is not given: one a core.
int jobs_or_cores(unsigned jobs);

}  // namespace noderig::impact
