#include "command.h"
#include "json_output.h"

#include <fmt/format.h>
#include <noderig/framework/chain_store/chain_store.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/home.h>
#include <noderig/framework/nearest.h>
#include <memory>

namespace noderig {
namespace {

using Json = nlohmann::json;

ChainStore store() {
  return ChainStore(home_directory() / "chains");
}

int list_chains(const JsonOutput& output) {
  Json listed = Json::array();
  for (const StoredChain& chain : store().list()) {
    listed.push_back({{"name", chain.name},
                      {"daemon", chain.daemon},
                      {"recipe", chain.recipe},
                      {"path", chain.directory.string()},
                      {"bytes", chain.bytes},
                      {"damage", chain.damage.empty() ? Json() : Json(chain.damage)}});
    if (output.to_stdout) continue;
    fmt::print("{:<14} {:<30} {:>6.1f} MB  {}\n", chain.name, chain.daemon,
               static_cast<double>(chain.bytes) / 1e6,
               chain.damage.empty() ? chain.recipe : "damaged: " + chain.damage);
  }
  output.write({{"schema", 1}, {"chains", listed}});
  return kExitPassed;
}

int clear(std::vector<std::string> names) {
  std::vector<std::string> known;
  for (const StoredChain& chain : store().list()) known.push_back(chain.name);
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    throw UsageError(
        fmt::format("no stored chain is named \"{}\"{}", name, did_you_mean(name, known)));
  }
  if (names.empty()) names.emplace_back();
  int cleared = 0;
  for (const std::string& name : names) cleared += store().clear(name);
  fmt::print("{} removed\n", cleared);
  return kExitPassed;
}

}  // namespace

void add_cache_command(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("cache", "Shows and removes stored chains");
  command->require_subcommand(1);

  struct Options {
    std::vector<std::string> names;
    JsonOutput json;
  };
  auto options = std::make_shared<Options>();

  CLI::App* list_command = command->add_subcommand("list", "Shows the chains that are stored");
  options->json.add_options(*list_command);
  list_command->callback(
      [options, &action] { action = [options] { return list_chains(options->json); }; });

  CLI::App* clear_command =
      command->add_subcommand("clear", "Removes stored chains; they are built again when needed");
  clear_command->add_option("name", options->names, "Only those with that name");
  clear_command->callback(
      [options, &action] { action = [options] { return clear(options->names); }; });
}

}  // namespace noderig
