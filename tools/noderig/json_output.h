// Where a subcommand's machine output goes: --json to standard output, --json-file FILE to a file.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>

namespace noderig {

struct JsonOutput {
  bool to_stdout = false;
  std::string file{};

  void add_options(CLI::App& command);
  bool wanted() const { return to_stdout || !file.empty(); }
  // Writes `json` where it is wanted. Throws EnvironmentError when the file cannot be written.
  void write(const nlohmann::json& json) const;
};

// Writes a whole file. Throws EnvironmentError, naming it and the reason.
void write_file(const std::string& file, const std::string& text);

}  // namespace noderig
