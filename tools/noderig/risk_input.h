// What the risk commands have in common: where tests come from (a register, or scenarios and
// history) and what else is known of them (configuration, scope, owners, coverage).
#pragma once

#include "json_output.h"

#include <risk/rank.h>
#include <CLI/CLI.hpp>
#include <string>

namespace noderig {

struct RiskInput {
  std::string register_file{};
  std::string config_file{};
  std::string aggregate = "numeric";
  std::string changed_since{};  // a git revision
  std::string scope_file{};
  std::string owners_file{};
  std::string coverage_file{};

  void add_options(CLI::App& command);

  // The configuration of the file; the defaults without one.
  risk::Config config() const;
  // The tests with all that the options say of them. Notes go to standard error.
  risk::Register read() const;
  risk::Ranking rank(const risk::Register& tests) const;
};

// The test of that id, title or scenario name. Throws UsageError with the nearest there is.
std::size_t find_test(const risk::Register& tests, const std::string& name);

// Writes a page and says so.
void write_page(const std::string& file, const std::string& title, const std::string& body);

}  // namespace noderig
