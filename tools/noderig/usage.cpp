#include "usage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/nearest.h>
#include <string>
#include <vector>

namespace noderig {
namespace {

std::vector<std::string> subcommands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!sub->get_group().empty()) names.push_back(sub->get_name());
  }
  return names;
}

std::vector<std::string> words_of(const CLI::App& app) {
  std::vector<std::string> words = subcommands_of(app);
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
    for (const std::string& name : option->get_snames()) words.push_back("-" + name);
  }
  return words;
}

// The subcommand the line had come to when it went wrong.
const CLI::App& innermost(const CLI::App& app) {
  const auto given = app.get_subcommands();
  return given.empty() ? app : innermost(*given.front());
}

}  // namespace

int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = innermost(app);
  std::string name = command.get_name();
  for (const CLI::App* up = command.get_parent(); up != nullptr; up = up->get_parent()) {
    name = up->get_name() + " " + name;
  }
  const auto extras = command.remaining();
  std::string text = error.what();
  if (!extras.empty()) {
    text = fmt::format("{}: no such {}: {}{}", name,
                       extras.front().starts_with('-') ? "option" : "command", extras.front(),
                       did_you_mean(extras.front(), words_of(command)));
  } else if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr &&
             command.get_require_subcommand_min() > 0) {
    text = fmt::format("{} needs a command: {}", name, fmt::join(subcommands_of(command), ", "));
  }
  fmt::print(stderr, "noderig: {}\nRun `{} --help` for what there is.\n", text, name);
  return kExitUsage;
}

int exit_status_of(const std::function<int()>& program) {
  try {
    return program();
  } catch (const UsageError& error) {
    fmt::print(stderr, "noderig: {}\n", error.what());
    return kExitUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "noderig: {}\n", error.what());
    return kExitEnvironment;
  }
}

}  // namespace noderig
