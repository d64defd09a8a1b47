#include "risk_input.h"

#include "output_file.h"
#include "risk_facts.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/history/records.h>
#include <noderig/framework/nearest.h>
#include <noderig/framework/report/html.h>
#include <risk/paint.h>
#include <risk/register.h>

namespace noderig {

std::vector<CLI::Option*> RiskView::add_options(CLI::App& command) {
  const auto add = [&](const char* name, std::string& value, const char* help) {
    return command.add_option(name, value, help);
  };
  return {add("--config", config_file,
              "Keywords, matrices, bins, costs by phase (JSON), checked when loaded. Stands for\n"
              "tables that are inferred otherwise")
              ->type_name("FILE"),
          add("--aggregate", aggregate,
              "Overall risk: numeric (mean of the defined layers), highest, or classic\n"
              "(business logic alone)")
              ->type_name("HOW")
              ->capture_default_str(),
          add("--scope-file", scope_file,
              "Release scope: a JSON object from test id or tag:NAME to new, changed, adjacent\n"
              "or regression")
              ->type_name("FILE"),
          add("--owners", owners_file,
              "Tester allocation: a JSON object from test id to owner, experience, familiarity")
              ->type_name("FILE"),
          add("--coverage", coverage_file,
              "Code coverage: what `noderig impact select --json` printed; undefined without it")
              ->type_name("FILE")};
}

risk::Config RiskView::config() const {
  return config_file.empty() ? risk::Config() : risk::load_config(config_file);
}

void RiskView::add_to(risk::Register& tests, const TestTags& tags) const {
  if (!scope_file.empty()) add_scope(tests, tags, scope_file);
  if (!owners_file.empty()) add_owners(tests, owners_file);
  if (!coverage_file.empty()) add_coverage(tests, coverage_file);
}

risk::Ranking RiskView::rank(const risk::Register& tests) const {
  return risk::rank(tests, config(), risk::aggregate_of(aggregate));
}

void RiskInput::add_options(CLI::App& command) {
  command
      .add_option("--register", register_file,
                  "Tests from a file, JSON or CSV; default: scenarios and history")
      ->type_name("FILE");
  command
      .add_option("--changed-since", changed_since,
                  "Release scope: what git says has changed since that revision")
      ->type_name("REV");
  view.add_options(command);
}

risk::Register RiskInput::read(risk::KeptRuns kept) const {
  TestTags tags;
  risk::Register tests;
  if (register_file.empty()) {
    tests = tests_of_project(tags, changed_since);
  } else {
    tests = risk::load_register(register_file, kept);
    if (!changed_since.empty()) {
      throw UsageError(
          "--changed-since is about scenarios; a register has `scope` or --scope-file");
    }
  }
  view.add_to(tests, tags);
  for (const std::string& note : tests.notes) fmt::print(stderr, "note: {}\n", note);
  return tests;
}

std::size_t find_test(const risk::Register& tests, const std::string& name) {
  const auto& all = tests.tests;
  const auto place = [&](auto found) { return static_cast<std::size_t>(found - all.begin()); };
  for (const std::string& id : {name, scenario_test_id(name)}) {
    if (const auto found = std::ranges::find(all, id, &risk::TestCase::id); found != all.end()) {
      return place(found);
    }
  }
  if (const auto found = std::ranges::find(all, name, &risk::TestCase::title); found != all.end()) {
    return place(found);
  }
  std::vector<std::string> known;
  for (const risk::TestCase& test : all) known.push_back(test.id);
  throw UsageError(fmt::format("no test is named \"{}\"{}", name, did_you_mean(name, known)));
}

void write_page(const std::string& file, const std::string& title, const std::string& body) {
  const std::string content = fmt::format("<h1>{}</h1>{}{}", title, risk::kHatch, body);
  write_file(file, html::page({.title = title, .body = content, .style = risk::kRiskStyle}));
  fmt::print(stderr, "wrote {}\n", file);
}

}  // namespace noderig
