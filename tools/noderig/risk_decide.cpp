#include "risk_commands.h"
#include "risk_input.h"
#include "usage.h"

#include <fmt/format.h>
#include <noderig/framework/nearest.h>
#include <risk/csv.h>
#include <risk/decision.h>
#include <algorithm>
#include <memory>

namespace noderig {
namespace {

using Json = nlohmann::json;

struct DecideOptions {
  RiskInput input;
  JsonOutput json;
  std::vector<double> costs;
  std::string phase;
  bool measured = false;
  risk::CostModel cost_model;
  std::optional<double> rate;
  risk::ProbabilityModel model;
};

std::optional<risk::Costs> chosen_costs(const DecideOptions& options) {
  if (!options.costs.empty()) {
    const auto& all = options.costs;
    return risk::Costs{all[0], all[1], all[2], all[3]};
  }
  if (options.phase.empty()) return {};
  const auto phases = options.input.view.config().phases;
  if (const auto found = phases.find(options.phase); found != phases.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name, costs] : phases) known.push_back(name);
  throw UsageError(
      fmt::format("no phase is named \"{}\"{}", options.phase, did_you_mean(options.phase, known)));
}

// What most risk is taken away for, by the second where durations are known.
double worth(const risk::Decision& one) {
  constexpr double kLeastSeconds = 0.001;
  return one.seconds ? one.dr() / std::max(*one.seconds, kLeastSeconds) : one.dr();
}

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.4g}", *value) : "-";
}

int decide(const DecideOptions& options) {
  options.json.check();
  const risk::Register tests = options.input.read();
  const auto costs = chosen_costs(options);
  risk::DecisionOptions asked{.costs = costs,
                              .config = options.input.view.config(),
                              .model = options.model,
                              .rate = options.rate};
  if (options.measured) asked.measured = options.cost_model;
  auto decisions = risk::decide(tests, asked);
  const bool all_timed = std::ranges::all_of(
      decisions, [](const risk::Decision& one) { return one.seconds.has_value(); });
  std::ranges::stable_sort(decisions, std::ranges::greater(), [&](const risk::Decision& one) {
    return all_timed ? worth(one) : one.dr();
  });
  const risk::Costs common =
      costs.value_or(decisions.size() == 1 ? decisions.front().costs : risk::Costs{});
  Json json = risk::to_json(decisions, common);
  if (options.measured) {
    json["cost_model"] = {{"triage", options.cost_model.triage},
                          {"escape", options.cost_model.escape}};
  }
  options.json.write(json);
  if (options.json.to_stdout) return kExitPassed;
  fmt::print(
      "decision  form         opinion    ratio     lambda       p        R0        R1        dR  "
      "C00/C01/C10/C11    test\n");
  for (const risk::Decision& one : decisions) {
    fmt::print("{:<9} {:<11} {:>8} {:>8} {:>10}{:>8.4f}{:>10.5g}{:>10.5g}{:>10.5g}  {:<18} {}\n",
               one.run ? "run" : "skip", one.joint ? "joint" : "conditional", number(one.opinion),
               number(one.likelihood_ratio), number(one.lambda), one.p, one.r0, one.r1, one.dr(),
               fmt::format("{:.6g}/{:.6g}/{:.6g}/{:.6g}", one.costs.c00, one.costs.c01,
                           one.costs.c10, one.costs.c11),
               one.id);
  }
  return kExitPassed;
}

}  // namespace

void add_risk_decide(CLI::App& risk, Action& action) {
  auto options = std::make_shared<DecideOptions>();
  CLI::App* command = risk.add_subcommand(
      "decide", "The decision model: which tests are worth running, by risk decrease");
  options->input.add_options(*command);
  options->json.add_options(*command);
  CLI::Option* costs =
      command
          ->add_option("--costs", options->costs,
                       "C00,C01,C10,C11: omitted without and with a defect, run without and with;\n"
                       "default: the test's own, else 0,20,2,5")
          ->delimiter(',')
          ->expected(4)
          ->type_name("COSTS");
  CLI::Option* phase =
      command->add_option("--phase", options->phase, "The costs of a phase of the configuration")
          ->type_name("NAME")
          ->excludes(costs);
  CLI::Option* measured =
      command
          ->add_flag("--measured", options->measured,
                     "Costs, where a test has none of its own, from its duration, the time of\n"
                     "triage and the severity of its defects (else its impact), in seconds")
          ->excludes(costs)
          ->excludes(phase);
  const auto time_option = [&](const char* name, double& seconds, const char* help) {
    command->add_option(name, seconds, help)
        ->transform(
            CLI::AsNumberWithUnit(std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}}))
        ->check(CLI::NonNegativeNumber)
        ->needs(measured)
        ->type_name("TIME");
  };
  time_option("--triage", options->cost_model.triage,
              "To find out why a test failed; default: 20m");
  time_option("--escape", options->cost_model.escape,
              "More, for a defect that is missed, by each point of its severity (mild 1, crucial\n"
              "8); default: 1h");
  command
      ->add_option("--mu", options->rate,
                   "The project's failure rate; default: (failed + 0.5)/(runs + 1)")
      ->type_name("P");
  command->add_option("--strength", options->model.strength, "How many runs that rate counts as")
      ->check(above_zero())
      ->capture_default_str();
  command->add_option("--decay", options->model.decay, "Weight of a verdict one run later")
      ->check(share())
      ->capture_default_str();
  command->callback([options, &action] { action = [options] { return decide(*options); }; });
}

}  // namespace noderig
