// What commands that go by risk have in common: where tests come from (a register, or scenarios and
// history), what else is known of them (scope, owners, coverage), and how it is weighed
// (configuration, aggregate).
#pragma once

#include "json_output.h"
#include "risk_facts.h"

#include <risk/rank.h>
#include <CLI/CLI.hpp>
#include <string>

namespace noderig {

// How risk is weighed, and what files say of the tests, whatever they come from.
struct RiskView {
  std::string config_file{};
  std::string aggregate = "numeric";
  std::string scope_file{};
  std::string owners_file{};
  std::string coverage_file{};

  // Returns the options it adds.
  std::vector<CLI::Option*> add_options(CLI::App& command);

  // The configuration of the file; the defaults without one.
  risk::Config config() const;
  // Adds what the files say of the tests.
  void add_to(risk::Register& tests, const TestTags& tags) const;
  risk::Ranking rank(const risk::Register& tests) const;
};

struct RiskInput {
  std::string register_file{};
  std::string changed_since{};  // a git revision
  RiskView view{};

  void add_options(CLI::App& command);

  // The tests with all that the options say of them. Notes go to standard error.
  risk::Register read(risk::KeptRuns kept = risk::KeptRuns::All) const;
};

// The test of that id, title or scenario name. Throws UsageError with the nearest there is.
std::size_t find_test(const risk::Register& tests, const std::string& name);

// Writes a page and says so.
void write_page(const std::string& file, const std::string& title, const std::string& body);

}  // namespace noderig
