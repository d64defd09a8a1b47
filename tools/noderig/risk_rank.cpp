#include "colours.h"
#include "risk_commands.h"
#include "risk_input.h"

#include <fmt/format.h>
#include <risk/paint.h>
#include <memory>

namespace noderig {
namespace {

struct RankOptions {
  RiskInput input;
  JsonOutput json;
};

std::string table(const risk::Ranking& ranking, const risk::Register& tests, bool colour) {
  std::string text =
      "rank  overall           business history   scope  alloc. coverage  fails  test\n";
  for (const risk::Ranked& one : ranking.tests) {
    const risk::TestCase& test = tests.tests[one.test];
    text += fmt::format("{:>4}  ", one.rank);
    text += risk::painted(
        one.level(), fmt::format("{:<16}", risk::level_text(one.level(), one.overall())), colour);
    for (const risk::LayerValue& layer : one.layers) {
      text += fmt::format("{:>8}", layer.value ? std::to_string(*layer.value) : "-");
    }
    text += fmt::format("  {:>5.1f}% {}", one.probability * 100, test.id);
    text += test.title == test.id ? "\n" : fmt::format("  {}\n", test.title);
  }
  if (const std::string inferred = risk::inferred_text(ranking); !inferred.empty()) {
    text += inferred + "\n";
  }
  return text;
}

int rank(const RankOptions& options) {
  options.json.check();
  const risk::Register tests = options.input.read(risk::KeptRuns::Evidence);
  const risk::Ranking ranking = options.input.view.rank(tests);
  if (options.json.wanted()) options.json.write(risk::to_json(ranking, tests));
  if (!options.json.to_stdout) fmt::print("{}", table(ranking, tests, takes_colours(stdout)));
  return kExitPassed;
}

}  // namespace

void add_risk_rank(CLI::App& risk, Action& action) {
  auto options = std::make_shared<RankOptions>();
  CLI::App* command = risk.add_subcommand(
      "rank", "Tests by overall risk, the greatest first; equal ones by how likely they fail");
  options->input.add_options(*command);
  options->json.add_options(*command);
  command->callback([options, &action] { action = [options] { return rank(*options); }; });
}

}  // namespace noderig
