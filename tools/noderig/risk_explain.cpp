#include "colours.h"
#include "risk_commands.h"
#include "risk_input.h"

#include <fmt/format.h>
#include <risk/paint.h>
#include <algorithm>
#include <memory>

namespace noderig {
namespace {

using Json = nlohmann::json;

struct ExplainOptions {
  RiskInput input;
  JsonOutput json;
  std::string test;
};

// How the overall value comes from the layers, as a formula with its numbers.
std::string formula(const risk::Ranked& one, risk::Aggregate aggregate) {
  std::string values;
  int defined = 0;
  for (const risk::LayerValue& layer : one.layers) {
    if (!layer.value) continue;
    values += fmt::format("{}{}", defined == 0 ? "" : " + ", *layer.value);
    ++defined;
  }
  if (!one.exact) return "all layers are undefined: last";
  if (aggregate == risk::Aggregate::Classic) return "business logic alone";
  if (aggregate == risk::Aggregate::Highest) return "the highest layer";
  return fmt::format("({}) / {} = {:.4g}", values, defined, *one.exact);
}

int explain(const ExplainOptions& options) {
  options.json.check();
  const risk::Register tests = options.input.read();
  const risk::Ranking ranking = options.input.view.rank(tests);
  const std::size_t index = find_test(tests, options.test);
  const auto found = std::ranges::find(ranking.tests, index, &risk::Ranked::test);
  const risk::Ranked& one = *found;
  const risk::TestCase& test = tests.tests[index];
  const risk::Evidence evidence = risk::EvidenceReader().read(test);
  const std::string why_probable =
      evidence.runs == 0 && test.prior ? std::string("never run: the prior that it was given")
      : evidence.runs == 0
          ? fmt::format("never run: ({} failed first runs + 0.5)/({} first runs + 1)",
                        ranking.rates.failed_first, ranking.rates.first_runs)
          : fmt::format(
                "(2 x {:.4f} + {:.3f})/(2 + {:.3f} + {:.3f}): the project's rate twice, and "
                "its own failures and passes, decayed by 0.9 a run",
                test.prior.value_or(ranking.rates.failure()), evidence.counts.failed,
                evidence.counts.failed, evidence.counts.passed);
  Json layers = Json::array();
  for (std::size_t i = 0; i < risk::kLayers; ++i) {
    const risk::LayerValue& layer = one.layers[i];
    layers.push_back({{"layer", risk::to_string(static_cast<risk::Layer>(i))},
                      {"value", layer.value ? Json(*layer.value) : Json()},
                      {"why", layer.why}});
  }
  options.json.write({{"schema", 1},
                      {"id", test.id},
                      {"title", test.title},
                      {"rank", one.rank},
                      {"of", ranking.tests.size()},
                      {"overall", one.overall() ? Json(*one.overall()) : Json()},
                      {"exact", one.exact ? Json(*one.exact) : Json()},
                      {"level", risk::to_string(one.level())},
                      {"formula", formula(one, ranking.aggregate)},
                      {"layers", layers},
                      {"probability", one.probability},
                      {"why_probable", why_probable},
                      {"set_by", test.set_by},
                      {"inferred", ranking.inferred}});
  if (options.json.to_stdout) return kExitPassed;
  fmt::print("{}  {}\n", test.id, test.title == test.id ? "" : test.title);
  fmt::print("rank {} of {}: {}\n", one.rank, ranking.tests.size(),
             risk::painted(one.level(), risk::level_text(one.level(), one.overall()),
                           takes_colours(stdout)));
  fmt::print("  {}: {}\n", risk::to_string(ranking.aggregate), formula(one, ranking.aggregate));
  for (std::size_t i = 0; i < risk::kLayers; ++i) {
    const risk::LayerValue& layer = one.layers[i];
    fmt::print("  {:<10} {:>9}  {}\n", risk::to_string(static_cast<risk::Layer>(i)),
               layer.value ? std::to_string(*layer.value) : "undefined", layer.why);
  }
  fmt::print("  fails now with {:.1f} %: {}\n", one.probability * 100, why_probable);
  if (!test.set_by.empty()) fmt::print("  manual values: {}\n", test.set_by);
  if (const std::string inferred = risk::inferred_text(ranking); !inferred.empty()) {
    fmt::print("  {}\n", inferred);
  }
  return kExitPassed;
}

}  // namespace

void add_risk_explain(CLI::App& risk, Action& action) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = risk.add_subcommand(
      "explain", "One test: every layer, its inputs, the formula, who set what, the rank");
  command->add_option("test", options->test, "Its id, title or scenario name")->required();
  options->input.add_options(*command);
  options->json.add_options(*command);
  command->callback([options, &action] { action = [options] { return explain(*options); }; });
}

}  // namespace noderig
