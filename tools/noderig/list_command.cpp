#include "command.h"
#include "json_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/daemons.h>
#include <noderig/framework/plugin.h>
#include <noderig/framework/runner/runner.h>
#include <memory>

namespace noderig {
namespace {

using Json = nlohmann::json;

struct Options {
  JsonOutput json;
  std::string daemon;
  std::vector<std::string> plugins;
};

// Why the scenario would be skipped with the chosen daemon; null when it would run.
Json skip_reason(const ScenarioMetadata& metadata, const std::optional<DaemonProfile>& daemon,
                 const std::string& no_daemon) {
  const std::string reason = daemon ? unmet_need(metadata, *daemon) : no_daemon;
  return reason.empty() ? Json() : Json(reason);
}

int list(const Options& options) {
  const auto scenarios = discover_scenarios({options.plugins.begin(), options.plugins.end()});
  // Listing works without a daemon; why nothing would run is then part of the list.
  std::optional<DaemonProfile> daemon;
  std::string no_daemon;
  try {
    daemon = find_daemon(options.daemon);
  } catch (const EnvironmentError& error) {
    no_daemon = error.what();
  }
  Json listed = Json::array();
  for (const Scenario& scenario : scenarios) {
    const ScenarioMetadata& metadata = scenario.metadata();
    listed.push_back({{"name", metadata.name},
                      {"summary", metadata.summary},
                      {"tags", metadata.tags},
                      {"nodes", metadata.nodes},
                      {"subtests", metadata.subtests},
                      {"expected_seconds", nullptr},
                      {"skip", skip_reason(metadata, daemon, no_daemon)}});
  }
  options.json.write({{"schema", 1}, {"scenarios", listed}});
  if (options.json.to_stdout) return kExitPassed;
  for (const Json& one : listed) {
    fmt::print("{:<20} {} nodes  {}\n", one["name"].get<std::string>(), one["nodes"].get<int>(),
               one["summary"].get<std::string>());
    for (const Json& subtest : one["subtests"]) {
      fmt::print("{:<20}          - {}\n", "", subtest.get<std::string>());
    }
    if (!one["skip"].is_null())
      fmt::print("{:<20} skipped here: {}\n", "", one["skip"].get<std::string>());
  }
  return kExitPassed;
}

}  // namespace

void add_list_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("list", "Shows the scenarios and their sub-tests");
  options->json.add_options(*command);
  command->add_option("--daemon", options->daemon, "The daemon that skips are told for")
      ->type_name("FLAVOUR|PATH");
  command->add_option("--plugin", options->plugins, "A scenario plugin to load as well")
      ->type_name("FILE");
  command->callback([options, &action] { action = [options] { return list(*options); }; });
}

}  // namespace noderig
