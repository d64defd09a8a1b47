#include "commands.h"
#include "project_options.h"

#include <fmt/format.h>
#include <impact/diff/compare.h>
#include <noderig/json_output.h>
#include <memory>

namespace noderig::impact {
namespace {

struct DiffOptions {
  ProjectOptions project;
  JsonOutput json;
  std::string before;
  std::string after{};
};

int run_diff(const DiffOptions& options) {
  options.json.check();
  const auto root = options.project.project_root();
  const auto before = SourceTree::revision(root, options.before);
  const auto after = options.after.empty() ? SourceTree::work_tree(root)
                                           : SourceTree::revision(root, options.after);
  Analyser analyser = options.project.analyser();
  const Comparison comparison = compare(analyser, *before, *after, options.project.ignored);
  options.json.write(to_json(comparison.diff));
  if (!options.json.to_stdout) fmt::print("{}", to_text(comparison.diff));
  return kExitPassed;
}

}  // namespace

void add_diff_command(CLI::App& impact, Action& action) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = impact.add_subcommand(
      "diff", "The atomic changes between two revisions, or a revision and the work tree");
  command->add_option("--before", options->before, "The revision that is compared with")
      ->type_name("REV")
      ->required();
  command->add_option("--after", options->after, "The newer revision; the work tree by default")
      ->type_name("REV");
  options->project.add_options(*command);
  options->json.add_options(*command);
  command->callback([options, &action] { action = [options] { return run_diff(*options); }; });
}

}  // namespace noderig::impact
