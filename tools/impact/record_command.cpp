// noderig impact record: runs the tests of an instrumented build and keeps what each executed.
#include "commands.h"
#include "recording_options.h"
#include "result_output.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>

namespace noderig::impact {
namespace {

struct RecordOptions {
  RecordingOptions common{};
  std::string daemon{};
  bool no_build = false;
};

// So that the first selection after this finds the recorded version analysed, and that what would
// make every selection everything is said now.
void analyse(const RecordingOptions& options) {
  const auto tree = SourceTree::work_tree(options.project.project_root());
  for (const Reason& reason : options.analyser().analyse(*tree).reasons) {
    fmt::print(options.out(), "every selection will be everything: {}\n", reason.text);
  }
}

int record(const RecordOptions& options) {
  options.common.json.check();
  const std::string daemon = options.daemon.empty() ? "" : daemon_to_record(options.daemon);
  Recorder recorder(options.common.recorder_options(daemon, !options.no_build));
  recorder.build();
  std::vector<TestId> chosen;
  for (const Test& test : recorder.tests()) {
    if (matches(test.id, options.common.tests)) chosen.push_back(test.id);
  }
  if (chosen.empty()) {
    throw UsageError(options.common.tests.empty()
                         ? "the build directory has no tests, as ctest says"
                         : "no test has an id that --tests matches (`ctest -N` shows the tests)");
  }
  Interruption interruption;
  const RecordResult result = recorder.record(chosen, nullptr, {}, interruption);
  if (result.state != RecordingState::Interrupted) analyse(options.common);
  print_recorded(options.common.out(), result, options.common.database_file());
  nlohmann::json json = to_json(result, options.common.database_file());
  options.common.json.write(json);
  return exit_code(result);
}

}  // namespace

void add_record_command(CLI::App& impact, Action& action) {
  CLI::App* command = impact.add_subcommand(
      "record", "Builds, runs the tests, and keeps what each of them executed");
  auto options = std::make_shared<RecordOptions>();
  options->common.add_options(*command);
  command
      ->add_option("--daemon", options->daemon,
                   "An instrumented daemon: noderig's scenarios are recorded on it as well")
      ->type_name("PATH");
  command->add_flag("--no-build", options->no_build,
                    "The build directory (and the daemon) is up to date: do not build");
  command->callback([options, &action] { action = [options] { return record(*options); }; });
}

}  // namespace noderig::impact
