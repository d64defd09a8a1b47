// noderig impact select: which tests to run after a change, and which changes no test reaches.
#include "commands.h"
#include "recording_options.h"

#include <fmt/format.h>
#include <impact/select/selection_html.h>
#include <impact/select/selection_json.h>
#include <impact/select/selection_plan.h>
#include <impact/select/selection_text.h>
#include <noderig/colours.h>
#include <noderig/output_file.h>

namespace noderig::impact {
namespace {

struct SelectOptions {
  RecordingOptions common{};
  std::string html{};
  std::string plan{};
};

int run_select(const SelectOptions& options) {
  options.common.json.check({{"--html", options.html}, {"--plan", options.plan}});
  Analyser analyser = options.common.analyser();
  const Selected selected = select_for(options.common.select_request(), analyser);
  if (!options.common.json.to_stdout) {
    fmt::print("{}", selection_text(selected.selection, {.colour = takes_colours(stdout)}));
  }
  if (!options.html.empty()) write_file(options.html, selection_html(selected.selection));
  if (!options.plan.empty()) write_file(options.plan, selection_plan(selected.selection));
  options.common.json.write(to_json(selected.selection));
  return kExitPassed;
}

}  // namespace

void add_select_command(CLI::App& impact, Action& action) {
  CLI::App* command = impact.add_subcommand(
      "select", "Lists the tests that a change can affect, and the changes that no test reaches");
  auto options = std::make_shared<SelectOptions>();
  options->common.add_options(*command);
  options->common.add_version_options(*command);
  command->add_option("--html", options->html, "Writes the selection as a page")->type_name("FILE");
  command
      ->add_option("--plan", options->plan,
                   "Writes the selected scenarios as a plan for `noderig run --plan`")
      ->type_name("FILE");
  command->callback([options, &action] { action = [options] { return run_select(*options); }; });
}

}  // namespace noderig::impact
