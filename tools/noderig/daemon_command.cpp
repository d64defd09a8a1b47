#include "command.h"
#include "json_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/daemon_fetch.h>
#include <noderig/framework/node/daemons.h>
#include <filesystem>
#include <memory>

namespace noderig {
namespace {

using Json = nlohmann::json;

int get(const std::string& flavour, bool update) {
  const FetchedDaemon fetched = fetch_daemon(
      flavour, daemons_directory(), [](std::string_view line) { fmt::print(stderr, "{}\n", line); },
      update ? IfPresent::Update : IfPresent::Keep);
  fmt::print("{} {}: {}\n", fetched.flavour, fetched.version, fetched.executable.string());
  return kExitPassed;
}

int list_daemons(const JsonOutput& output) {
  Json listed = Json::array();
  for (const KnownDaemon& daemon : known_daemons()) {
    const bool there = !daemon.executable.empty();
    listed.push_back({{"flavour", daemon.flavour},
                      {"path", there ? Json(daemon.executable.string()) : Json()},
                      {"version", there ? Json(daemon.version) : Json()},
                      {"how", daemon.how}});
    if (output.to_stdout) continue;
    fmt::print("{:<8} {:<24} {}  ({})\n", daemon.flavour, there ? daemon.version : "not here",
               daemon.executable.string(), daemon.how);
  }
  output.write({{"schema", 1}, {"daemons", listed}});
  return kExitPassed;
}

int probe(const std::string& choice, const JsonOutput& output) {
  const bool named =
      choice.find('/') == std::string::npos && !std::filesystem::is_regular_file(choice);
  const DaemonProfile profile =
      probe_daemon(named ? find_daemon(choice).executable : std::filesystem::path(choice));
  Json json = profile;
  json["schema"] = 1;
  output.write(json);
  if (output.to_stdout) return kExitPassed;
  fmt::print("{} is {}\n", choice, profile.to_string());
  for (const auto& [name, meaning] : known_behaviours()) {
    fmt::print("  {} {:<18} {}\n", profile.can(name) ? "yes" : "no ", name, meaning);
  }
  fmt::print("  {} RPC methods, {} options (--json names them)\n", profile.rpcs.size(),
             profile.options.size());
  return kExitPassed;
}

}  // namespace

void add_daemon_command(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("daemon", "Fetches, lists and probes daemons");
  command->require_subcommand(1);

  struct Options {
    std::string flavour;
    bool update = false;
    std::string path;
    JsonOutput json;
  };
  auto options = std::make_shared<Options>();

  CLI::App* get_command = command->add_subcommand("get", "Fetches a daemon");
  get_command
      ->add_option("flavour", options->flavour,
                   fmt::format("{}", fmt::join(fetchable_flavours(), " or ")))
      ->required();
  get_command->add_flag("--update", options->update, "Look for a newer one although one is here");
  get_command->callback([options, &action] {
    action = [options] { return get(options->flavour, options->update); };
  });

  CLI::App* list_command = command->add_subcommand("list", "Shows the daemons known here");
  options->json.add_options(*list_command);
  list_command->callback(
      [options, &action] { action = [options] { return list_daemons(options->json); }; });

  CLI::App* probe_command =
      command->add_subcommand("probe", "Says what a daemon is and what it can do");
  probe_command
      ->add_option("daemon", options->path, "The daemon's program, or its name as for `run`")
      ->type_name("FLAVOUR|PATH")
      ->required();
  options->json.add_options(*probe_command);
  probe_command->callback(
      [options, &action] { action = [options] { return probe(options->path, options->json); }; });
}

}  // namespace noderig
