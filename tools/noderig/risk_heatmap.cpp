#include "colours.h"
#include "output_file.h"
#include "risk_commands.h"
#include "risk_input.h"
#include "usage.h"

#include <fmt/format.h>
#include <noderig/framework/nearest.h>
#include <risk/heatmap.h>
#include <risk/register.h>
#include <algorithm>
#include <memory>

namespace noderig {
namespace {

using Json = nlohmann::json;

struct HeatmapOptions {
  RiskInput input;
  JsonOutput json;
  std::string html;
  std::string plan;
  std::optional<double> cutoff;
  std::vector<std::string> levels;
  std::vector<std::string> cells;  // "possible x serious"
};

// The cell that "LIKELIHOOD x IMPACT" names.
std::pair<std::size_t, std::size_t> cell_of(const std::string& text) {
  const std::size_t cross = text.find(" x ");
  if (cross == std::string::npos) {
    throw UsageError(fmt::format("--cell is LIKELIHOOD x IMPACT, not \"{}\"", text));
  }
  const risk::Matrix& matrix = risk::business_matrix();
  return {risk::step_of(matrix.rows, text.substr(0, cross), "--cell"),
          risk::step_of(matrix.columns, text.substr(cross + 3), "--cell")};
}

// The tests of the chosen cells and levels, all without a choice, not below the cut-off.
std::vector<std::size_t> chosen(const HeatmapOptions& options, const risk::Ranking& ranking) {
  std::vector<std::pair<std::size_t, std::size_t>> cells;
  for (const std::string& text : options.cells) cells.push_back(cell_of(text));
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < ranking.tests.size(); ++i) {
    const risk::Ranked& one = ranking.tests[i];
    if (options.cutoff && !(one.exact && *one.exact >= *options.cutoff)) continue;
    const std::string level(risk::to_string(one.level()));
    const risk::LayerValue& business = one.layers[0];
    const bool in_level = std::ranges::find(options.levels, level) != options.levels.end();
    const bool in_cell = std::ranges::any_of(cells, [&](const auto& cell) {
      return business.row == cell.first && business.column == cell.second;
    });
    if ((options.levels.empty() && cells.empty()) || in_level || in_cell) indices.push_back(i);
  }
  return indices;
}

// What `noderig run --plan` reads.
std::string plan_of(const std::vector<std::size_t>& indices, const risk::Ranking& ranking,
                    const risk::Register& tests) {
  Json planned = Json::array();
  for (const std::size_t index : indices) {
    const risk::Ranked& one = ranking.tests[index];
    planned.push_back({{"id", tests.tests[one.test].id}, {"reasons", risk::reasons_of(one)}});
  }
  const Json plan = {{"schema", 1}, {"tests", planned}};
  return plan.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int heatmap(const HeatmapOptions& options) {
  options.json.check({{"--html", options.html}, {"--plan", options.plan}});
  const risk::Register tests = options.input.read();
  risk::Ranking ranking = options.input.view.rank(tests);
  const auto indices = chosen(options, ranking);
  if (!options.plan.empty()) {
    write_file(options.plan, plan_of(indices, ranking, tests));
    fmt::print(stderr, "wrote {}: {} of {} tests\n", options.plan, indices.size(),
               ranking.tests.size());
  }
  std::vector<risk::Ranked> left;
  for (const std::size_t index : indices) left.push_back(ranking.tests[index]);
  ranking.tests = std::move(left);
  const risk::Heatmap map = risk::heatmap_of(ranking);
  options.json.write(risk::to_json(map, ranking, tests));
  if (!options.html.empty()) {
    write_page(options.html, "Risk heatmap", risk::heatmap_html(map, ranking, tests));
  }
  if (!options.json.to_stdout) {
    fmt::print("{}", risk::heatmap_text(map, ranking, tests, takes_colours(stdout)));
  }
  return kExitPassed;
}

}  // namespace

void add_risk_heatmap(CLI::App& risk, Action& action) {
  auto options = std::make_shared<HeatmapOptions>();
  CLI::App* command = risk.add_subcommand(
      "heatmap", "Where the hot spots are: likelihood by impact, and tests by layers");
  options->input.add_options(*command);
  options->json.add_options(*command);
  command->add_option("--html", options->html, "Write it as a page of its own")->type_name("FILE");
  command->add_option("--plan", options->plan, "Write the tests that are left as a plan")
      ->type_name("FILE");
  command->add_option("--cutoff", options->cutoff, "Leave out tests whose overall risk is below")
      ->check(finite())
      ->type_name("VALUE");
  command->add_option("--level", options->levels, "Only tests of that level; repeatable")
      ->check(CLI::IsMember({"low", "medium", "high", "undefined"}))
      ->allow_extra_args(false);
  command
      ->add_option("--cell", options->cells,
                   "Only tests of that cell, as in \"possible x serious\"; repeatable")
      ->type_name("CELL")
      ->allow_extra_args(false);
  command->callback([options, &action] { action = [options] { return heatmap(*options); }; });
}

}  // namespace noderig
