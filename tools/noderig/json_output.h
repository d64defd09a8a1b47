// Where a subcommand's machine output goes: --json to standard output, --json-file FILE to a file.
#pragma once

#include "output_file.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>

namespace noderig {

struct JsonOutput {
  bool to_stdout = false;
  std::string file{};

  void add_options(CLI::App& command);
  bool wanted() const { return to_stdout || !file.empty(); }
  // Before the work, with the files of the command's other options: see require_outputs().
  void check(std::vector<NamedOutput> others = {}) const;
  // Writes `json` where it is wanted. Throws EnvironmentError when the file cannot be written.
  void write(const nlohmann::json& json) const;
};

}  // namespace noderig
