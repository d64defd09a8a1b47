// noderig impact run: builds, runs the selected tests in their order, and records anew.
#include "commands.h"
#include "recording_options.h"
#include "result_output.h"

#include <fmt/format.h>
#include <impact/select/selection_html.h>
#include <impact/select/selection_json.h>
#include <impact/select/selection_text.h>
#include <noderig/colours.h>
#include <noderig/framework/errors.h>
#include <noderig/output_file.h>

namespace noderig::impact {
namespace {

struct ImpactRunOptions {
  RecordingOptions common{};
  std::string daemon{};
  std::string html{};
};

std::string last_daemon(const std::filesystem::path& database) {
  if (!std::filesystem::exists(database)) return {};
  return RecordingStore(database, sqlite::Open::Read).last_built().daemon;
}

// What the new graphs say of the changes, in place of what the old ones predicted.
void take_evidence(Selected& selected, const ImpactRunOptions& options, const Snapshot& snapshot) {
  RecordingStore store(options.common.database_file(), sqlite::Open::Read);
  const auto recording = store.newest(snapshot.tree);
  if (!recording || !selected.after) return;
  std::vector<bool> counts;
  for (const RecordedTest& test : recording->tests) {
    counts.push_back(matches(test.id, options.common.tests));
  }
  selected.selection.untested =
      recorded_untested(selected.selection.diff, *recording, *selected.after, counts);
}

// Builds first: what the tests are, only the build can say.
Selected select_built(const ImpactRunOptions& options, const std::vector<Test>& tests) {
  SelectRequest request = options.common.select_request();
  request.tests = tests;
  Analyser analyser = options.common.analyser();
  return select_for(request, analyser);
}

int run(const ImpactRunOptions& options) {
  options.common.json.check({{"--html", options.html}});
  const std::string daemon = options.daemon.empty() ? last_daemon(options.common.database_file())
                                                    : daemon_to_record(options.daemon).string();
  Recorder recorder(options.common.recorder_options(daemon, true));
  recorder.build();
  Selected selected = select_built(options, recorder.tests());
  std::FILE* const out = options.common.out();
  fmt::print(out, "{}\n", selection_text(selected.selection, {.colour = takes_colours(out)}));

  std::vector<TestId> chosen;
  for (const SelectedTest& test : selected.selection.selected) chosen.push_back(test.id);
  Interruption interruption;
  const RecordResult result =
      recorder.record(chosen, selected.recording ? &*selected.recording : nullptr,
                      selected.unaffected, interruption);
  const std::filesystem::path project = options.common.project.project_root();
  if (result.state != RecordingState::Interrupted) {
    take_evidence(selected, options, take_snapshot(project, {options.common.build_directory()}));
    for (const UntestedChange& one : selected.selection.untested) {
      fmt::print(out, "no test reaches {} (recorded)\n", one.id);
    }
  }
  print_recorded(out, result, options.common.database_file());
  if (!options.html.empty()) write_file(options.html, selection_html(selected.selection));
  nlohmann::json json = to_json(selected.selection);
  json.update(to_json(result, options.common.database_file()), true);
  options.common.json.write(json);
  return exit_code(result);
}

}  // namespace

void add_run_command(CLI::App& impact, Action& action) {
  CLI::App* command = impact.add_subcommand(
      "run", "Builds, runs the selected tests, the first wave first, and records anew");
  auto options = std::make_shared<ImpactRunOptions>();
  options->common.add_options(*command);
  command
      ->add_option("--daemon", options->daemon,
                   "The instrumented daemon for scenarios; default: the one that was recorded")
      ->type_name("PATH");
  command->add_option("--html", options->html, "Writes the selection as a page")->type_name("FILE");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace noderig::impact
