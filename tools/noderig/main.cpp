// The noderig program: parses the command line, runs the subcommand, turns errors into exit codes.
#include "command.h"
#include "impact_command.h"
#include "usage.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/plugin.h>
#include <noderig/framework/runner/worker.h>
#include <cstdlib>
#include <string_view>

namespace noderig {
namespace {

int run(int argc, char** argv) {
  // A daemon that is instrumented leaves its counters where it is told, else in the current
  // directory: among the sources, where they would look like a change.
  ::setenv("LLVM_PROFILE_FILE", "/dev/null", 0);
  if (is_impact_command(argc, argv)) return hand_over_to_impact(argv);
  // Not for users, and started for each scenario: it does without the command line's description.
  if (argc == 2 && argv[1] == std::string_view("worker")) return run_worker();
  CLI::App app("A functional test rig for Bitcoin-style nodes", "noderig");
  app.set_version_flag("--version", fmt::format("noderig {}", library_version()));
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 all passed, 1 something failed, 2 the command was wrong, 3 the rig itself\n"
      "could not work, 77 all skipped.");
  Action action;
  add_list_command(app, action);
  add_run_command(app, action);
  add_prove_command(app, action);
  add_new_command(app, action);
  add_daemon_command(app, action);
  add_cache_command(app, action);
  add_logs_command(app, action);
  add_history_command(app, action);
  add_risk_command(app, action);
  describe_impact_commands(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error);
  }
  return action();
}

}  // namespace
}  // namespace noderig

int main(int argc, char** argv) {
  return noderig::exit_status_of([&] { return noderig::run(argc, argv); });
}
