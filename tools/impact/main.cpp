// The noderig-impact program, which noderig hands `impact` and `refactor` over to with its own
// command line: parses it, runs the subcommand, turns errors into exit codes.
#include "commands.h"

#include <fmt/format.h>
#include <noderig/framework/history/sqlite.h>
#include <noderig/framework/runner/workspace.h>
#include <noderig/usage.h>

namespace noderig::impact {
namespace {

int run(int argc, char** argv) {
  CLI::App app("Change impact analysis and refactoring for C++", "noderig");
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 done, also where everything must be run; 1 a test failed or a refactoring\n"
      "was refused; 2 the command was wrong; 3 the analysis itself could not work.");
  Action action;
  CLI::App* impact =
      app.add_subcommand("impact", "Which tests a change of the source can affect, and why");
  impact->require_subcommand(1);
  add_diff_command(*impact, action);
  add_flags_command(*impact, action);
  add_record_command(*impact, action);
  add_select_command(*impact, action);
  add_explain_command(*impact, action);
  add_run_command(*impact, action);
  add_refactor_command(app, action);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error);
  }
  ScratchDirectory::sweep();  // what a killed analysis left
  try {
    return action();
  } catch (const sqlite::DamagedError& error) {
    throw EnvironmentError(fmt::format("{}. Remove the file, and record again", error.what()));
  }
}

}  // namespace
}  // namespace noderig::impact

int main(int argc, char** argv) {
  return noderig::exit_status_of([&] { return noderig::impact::run(argc, argv); });
}
