#include "risk_commands.h"
#include "risk_input.h"
#include "usage.h"

#include <fmt/format.h>
#include <risk/characteristic.h>
#include <risk/evaluate.h>
#include <memory>

namespace noderig {
namespace {

struct EvaluateOptions {
  std::string file;
  std::string config_file;
  std::string html;
  risk::EvaluateOptions evaluate;
  JsonOutput json;
};

int evaluate(const EvaluateOptions& options) {
  options.json.check({{"--html", options.html}});
  const risk::Cycles cycles = risk::load_cycles(options.file);
  const risk::Config config =
      options.config_file.empty() ? risk::Config() : risk::load_config(options.config_file);
  const risk::Evaluation result = risk::evaluate(cycles, options.evaluate);
  const risk::Characteristic characteristic =
      risk::characteristic_of(result.predictions, config.phases);
  auto json = risk::to_json(result);
  json["characteristic"] = risk::to_json(characteristic);
  options.json.write(json);
  if (!options.html.empty()) {
    write_page(options.html, "Operating characteristic", risk::characteristic_html(characteristic));
  }
  if (options.json.to_stdout) return kExitPassed;
  fmt::print("cycles {} to {}: {} evaluated, {} with a failure; budget {:g} of the time\n",
             result.from_cycle, result.to_cycle, result.evaluated, result.cycles.size(),
             result.budget);
  fmt::print("order           apfd  apfdc  napfd  napfd_failing  recall  first_failure\n");
  for (const std::string& name : risk::order_names()) {
    const risk::Means& means = result.orders.at(name);
    fmt::print("{:<14} {:>5.3f}  {:>5.3f}  {:>5.3f}  {:>13.3f}  {:>6.3f}  {:>13.3f}\n", name,
               means.metrics.apfd, means.metrics.apfdc, means.metrics.napfd, means.napfd_failing,
               means.metrics.recall, means.metrics.first_failure);
  }
  fmt::print("paired difference, risk less the other (bootstrap, 95 %)\n");
  for (const risk::Paired& one : result.paired) {
    fmt::print("{:<14} {:<14} {:+.4f}  [{:+.4f}, {:+.4f}]\n", one.b, one.metric, one.mean, one.low,
               one.high);
  }
  fmt::print("decision model by phase\n{}", risk::characteristic_text(characteristic));
  return kExitPassed;
}

}  // namespace

void add_risk_evaluate(CLI::App& risk, Action& action) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = risk.add_subcommand(
      "evaluate", "Replays real verdicts: how well risk would have ordered them, beside others");
  command
      ->add_option("file", options->file,
                   "Id;Name;Duration;CalcPrio;LastRun;LastResults;Verdict;Cycle (IOF/ROL)")
      ->required();
  command->add_option("--from-cycle", options->evaluate.from_cycle, "Cycles before it only train")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--to-cycle", options->evaluate.to_cycle, "The last one; default: all")
      ->type_name("M");
  command->add_option("--budget", options->evaluate.budget, "Share of a cycle's time, for NAPFD")
      ->check(share())
      ->capture_default_str();
  command->add_option("--config", options->config_file, "Costs by phase, for the operating points")
      ->type_name("FILE");
  command->add_option("--html", options->html, "Write the operating characteristic as a page")
      ->type_name("FILE");
  options->json.add_options(*command);
  command->callback([options, &action] { action = [options] { return evaluate(*options); }; });
}

}  // namespace noderig
