// noderig impact select: which tests to run after a change, and which changes no test reaches.
#include "commands.h"
#include "recording_options.h"

#include <fmt/format.h>
#include <impact/select/selection_html.h>
#include <impact/select/selection_json.h>
#include <impact/select/selection_plan.h>
#include <impact/select/selection_text.h>
#include <noderig/output_file.h>
#include <unistd.h>
#include <cstdlib>

namespace noderig::impact {
namespace {

struct Options {
  RecordingOptions common{};
  std::string before{};
  std::string after{};
  std::string html{};
  std::string plan{};
};

bool colour_on(std::FILE* out) {
  return ::isatty(::fileno(out)) == 1 && std::getenv("NO_COLOR") == nullptr;
}

int run_select(const Options& options) {
  options.common.json.check();
  for (const std::string& file : {options.html, options.plan}) {
    if (!file.empty()) require_writable(file);
  }
  SelectRequest request = options.common.select_request();
  request.before = options.before;
  request.after = options.after;
  Analyser analyser = options.common.analyser();
  const Selected selected = select_for(request, analyser);
  if (!options.common.json.to_stdout) {
    fmt::print("{}", selection_text(selected.selection, {.colour = colour_on(stdout)}));
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
  auto options = std::make_shared<Options>();
  options->common.add_options(*command);
  command
      ->add_option("--before", options->before,
                   "The version that was recorded; default: the one that was recorded last")
      ->type_name("REV");
  command->add_option("--after", options->after, "The changed version; default: the work tree")
      ->type_name("REV");
  command->add_option("--html", options->html, "Writes the selection as a page")->type_name("FILE");
  command
      ->add_option("--plan", options->plan,
                   "Writes the selected scenarios as a plan for `noderig run --plan`")
      ->type_name("FILE");
  command->callback([options, &action] { action = [options] { return run_select(*options); }; });
}

}  // namespace noderig::impact
