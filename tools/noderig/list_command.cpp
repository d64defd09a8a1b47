#include "command.h"
#include "history_command.h"
#include "json_output.h"
#include "selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/daemons.h>
#include <noderig/framework/plugin.h>
#include <noderig/framework/runner/runner.h>
#include <noderig/framework/runner/timeouts.h>
#include <memory>

namespace noderig {
namespace {

using Json = nlohmann::json;

struct ListOptions {
  JsonOutput json;
  std::string daemon;
  bool without_daemon = false;
  Selection selection;
};

// Why the scenario would be skipped with the chosen daemon; null when it would run, or when no
// daemon is looked at.
Json skip_reason(const ScenarioMetadata& metadata, const std::optional<DaemonProfile>& daemon,
                 const std::string& no_daemon) {
  const std::string reason = daemon ? unmet_need(metadata, *daemon) : no_daemon;
  return reason.empty() ? Json() : Json(reason);
}

// The oracles that its nodes are not asked, and why not.
Json oracles_off(const ScenarioMetadata& metadata) {
  Json off = Json::array();
  for (const WithoutOracle& one : metadata.without) {
    off.push_back({{"oracle", one.oracle}, {"reason", one.reason}});
  }
  return off;
}

Json seconds_or_null(const std::optional<double>& seconds) {
  return seconds ? Json(*seconds) : Json();
}

int list(const ListOptions& options) {
  const auto scenarios = options.selection.choose();
  // Listing works without a daemon; why nothing would run is then part of the list.
  std::optional<DaemonProfile> daemon;
  std::string no_daemon;
  try {
    if (!options.without_daemon) daemon = find_daemon(options.daemon);
  } catch (const EnvironmentError& error) {
    no_daemon = error.what();
  }
  const ExpectedSeconds expected = expected_seconds();
  Json listed = Json::array();
  const std::string flavour = daemon ? daemon->flavour : "";
  for (const Scenario& scenario : scenarios) {
    const ScenarioMetadata& metadata = scenario.metadata();
    listed.push_back({{"name", metadata.name},
                      {"summary", metadata.summary},
                      {"tags", metadata.tags},
                      {"nodes", metadata.nodes},
                      {"plugin", scenario.plugin.string()},
                      {"subtests", metadata.subtests},
                      {"expected_seconds", seconds_or_null(expected.of(metadata.name, flavour))},
                      {"timeout_seconds", metadata.timeout.count()},
                      {"latest_end_seconds", latest_end(metadata.timeout).count()},
                      {"memory_mb", metadata.memory_mb},
                      {"disk_mb", metadata.disk_mb},
                      {"without", oracles_off(metadata)},
                      {"skip", skip_reason(metadata, daemon, no_daemon)}});
  }
  options.json.write({{"schema", 1}, {"scenarios", listed}});
  if (options.json.to_stdout) return kExitPassed;
  for (const Json& one : listed) {
    const int nodes = one["nodes"].get<int>();
    fmt::print("{}: {}\n", one["name"].get<std::string>(), one["summary"].get<std::string>());
    const auto tags = one["tags"].get<std::vector<std::string>>();
    const Json& seconds = one["expected_seconds"];
    fmt::print("    {} node{}{}{}{}\n", nodes, nodes == 1 ? "" : "s",
               seconds.is_null() ? "" : fmt::format("; {:.1f} s", seconds.get<double>()),
               tags.empty() ? "" : "; tags: ", fmt::join(tags, ", "));
    for (const Json& subtest : one["subtests"]) {
      fmt::print("    - {}\n", subtest.get<std::string>());
    }
    for (const Json& off : one["without"]) {
      fmt::print("    without the oracle {}: {}\n", off["oracle"].get<std::string>(),
                 off["reason"].get<std::string>());
    }
    if (!one["skip"].is_null()) {
      fmt::print("    skipped here: {}\n", one["skip"].get<std::string>());
    }
  }
  return kExitPassed;
}

}  // namespace

void add_list_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = app.add_subcommand("list", "Shows the scenarios and their sub-tests");
  options->json.add_options(*command);
  options->selection.add_options(*command);
  CLI::Option* daemon =
      command->add_option("--daemon", options->daemon, "The daemon that skips are told for")
          ->type_name("FLAVOUR|PATH");
  command
      ->add_flag("--without-daemon", options->without_daemon,
                 "Look at no daemon, and tell of no skip")
      ->excludes(daemon);
  command->callback([options, &action] { action = [options] { return list(*options); }; });
}

}  // namespace noderig
