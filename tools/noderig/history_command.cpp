#include "history_command.h"

#include <fmt/format.h>
#include <noderig/framework/history/damage.h>
#include <noderig/framework/home.h>

namespace noderig {

void despite_damage(const std::function<void()>& use) {
  try {
    use();
  } catch (const sqlite::DamagedError&) {
    set_damaged_history_aside(home_directory(), [](const std::string& sentence) {
      fmt::print(stderr, "noderig: {}\n", sentence);
    });
    use();
  }
}

void with_past(const std::function<void(History&)>& use) {
  despite_damage([&] {
    History history(home_directory(), History::Access::Read);
    use(history);
  });
}

void with_history(const std::function<void(History&)>& use) {
  despite_damage([&] {
    History history(home_directory(), History::Access::Write);
    use(history);
  });
}

ExpectedSeconds expected_seconds() {
  ExpectedSeconds known;
  try {
    with_past([&](History& history) { known = history.expected_seconds(); });
  } catch (const EnvironmentError& error) {
    fmt::print(stderr, "noderig: no past times are known: {}\n", error.what());
  }
  return known;
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
