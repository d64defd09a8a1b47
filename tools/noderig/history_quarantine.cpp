#include "history_command.h"
#include "json_output.h"

#include <fmt/format.h>
#include <noderig/framework/history/quarantine.h>
#include <noderig/framework/nearest.h>
#include <noderig/framework/plugin.h>
#include <algorithm>

namespace noderig {
namespace {

using Json = nlohmann::json;

struct QuarantineOptions {
  std::string scenario;
  std::string until;
  std::string reason;
  std::vector<std::string> plugins;
  JsonOutput json;
};

int add(const QuarantineOptions& options) {
  std::vector<std::string> known;
  for (const Scenario& one : discover_scenarios({options.plugins.begin(), options.plugins.end()})) {
    known.push_back(one.name());
  }
  if (std::ranges::find(known, options.scenario) == known.end()) {
    throw UsageError(
        fmt::format("no scenario is named \"{}\"{} (--plugin and NODERIG_PLUGINS add others)",
                    options.scenario, did_you_mean(options.scenario, known)));
  }
  const auto until = parse_date(options.until);
  if (!until) {
    throw UsageError(fmt::format("--until \"{}\" is no date: YYYY-MM-DD", options.until));
  }
  const QuarantineEntry entry{options.scenario, *until, options.reason};
  if (entry.expired(current_day())) {
    throw UsageError(fmt::format("--until {} is over already", options.until));
  }
  if (options.reason.find_first_not_of(" \t") == std::string::npos ||
      options.reason.find('\n') != std::string::npos) {
    throw UsageError("--reason takes a line of text");
  }
  Quarantine quarantine(Quarantine::default_file());
  quarantine.put(entry);
  fmt::print("{}: failures of {} do not count until {}\n", quarantine.file().string(),
             entry.scenario, entry.until_text());
  return kExitPassed;
}

int remove(const QuarantineOptions& options) {
  Quarantine quarantine(Quarantine::default_file());
  if (!quarantine.remove(options.scenario)) {
    std::vector<std::string> known;
    for (const QuarantineEntry& entry : quarantine.entries()) known.push_back(entry.scenario);
    throw UsageError(fmt::format("\"{}\" is not in quarantine{}", options.scenario,
                                 did_you_mean(options.scenario, known)));
  }
  return kExitPassed;
}

int list(const QuarantineOptions& options) {
  const Quarantine quarantine(Quarantine::default_file());
  Json listed = Json::array();
  for (const QuarantineEntry& entry : quarantine.entries()) {
    const bool expired = entry.expired(current_day());
    listed.push_back({{"name", entry.scenario},
                      {"until", entry.until_text()},
                      {"reason", entry.reason},
                      {"expired", expired}});
    if (options.json.to_stdout) continue;
    fmt::print("{} until {}{}: {}\n", entry.scenario, entry.until_text(),
               expired ? " (over: its failures count)" : "", entry.reason);
  }
  options.json.write({{"schema", 1}, {"file", quarantine.file().string()}, {"quarantine", listed}});
  return kExitPassed;
}

}  // namespace

void add_history_quarantine(CLI::App& history, Action& action) {
  auto options = std::make_shared<QuarantineOptions>();
  CLI::App* command = history.add_subcommand(
      "quarantine", "Scenarios whose failures do not count for a while, in .noderig-quarantine");
  command->require_subcommand(1);

  CLI::App* adding = command->add_subcommand("add", "Puts a scenario on the list, or replaces it");
  adding->add_option("name", options->scenario, "The scenario")->required();
  adding->add_option("--until", options->until, "The last day, in UTC")
      ->required()
      ->type_name("YYYY-MM-DD");
  adding->add_option("--reason", options->reason, "Why, in a line")->required()->type_name("TEXT");
  adding
      ->add_option("--plugin", options->plugins, "The scenario's plugin, where it is none of ours")
      ->type_name("FILE")
      ->allow_extra_args(false);
  adding->callback([options, &action] { action = [options] { return add(*options); }; });

  CLI::App* listing = command->add_subcommand("list", "Shows the list");
  options->json.add_options(*listing);
  listing->callback([options, &action] { action = [options] { return list(*options); }; });

  CLI::App* removing = command->add_subcommand("remove", "Takes a scenario off the list");
  removing->add_option("name", options->scenario, "The scenario")->required();
  removing->callback([options, &action] { action = [options] { return remove(*options); }; });
}

}  // namespace noderig
