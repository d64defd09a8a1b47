#include "history_command.h"

#include <fmt/format.h>
#include <noderig/framework/history/damage.h>
#include <noderig/framework/home.h>

namespace noderig {

void with_history(const std::function<void(History&)>& use) {
  const auto say = [](const std::string& sentence) {
    fmt::print(stderr, "noderig: {}\n", sentence);
  };
  const std::filesystem::path home = home_directory();
  try {
    use(*open_history(home, say));
  } catch (const sqlite::DamagedError&) {
    set_damaged_history_aside(home, say);
    use(*open_history(home, say));
  }
}

void add_history_command(CLI::App& app, Action& action) {
  CLI::App* history = app.add_subcommand("history", "Shows, imports and exports past results");
  history->require_subcommand(1);
  add_history_show(*history, action);
  add_history_import(*history, action);
  add_history_export(*history, action);
  add_history_quarantine(*history, action);
}

}  // namespace noderig
