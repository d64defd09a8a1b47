#include "command.h"
#include "daemon_choice.h"
#include "json_output.h"
#include "selection.h"
#include "usage.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/home.h>
#include <noderig/framework/node/daemons.h>
#include <noderig/framework/prove/prover.h>
#include <noderig/framework/runner/capacity.h>
#include <noderig/framework/runner/machine.h>
#include <noderig/framework/runner/runner.h>
#include <noderig/framework/runner/workspace.h>
#include <unistd.h>
#include <chrono>
#include <map>
#include <memory>
#include <random>

namespace noderig {
namespace {

struct ProveOptions {
  Selection selection;
  std::string daemon;
  int jobs = 1;
  int most = 40;
  std::optional<std::uint64_t> seed;
  double timeout_factor = 1;
  JsonOutput json;
};

// Collects the executions of one batch and counts them: on a terminal as they end, elsewhere in a
// line of its own each minute.
class Batch : public RunObserver {
 public:
  Batch(std::FILE* out, std::string label, const std::vector<PlannedExecution>& plan)
      : executions(plan.size()), out_(out), label_(std::move(label)), plan_(plan) {}
  ~Batch() override { erase(); }

  void started(std::size_t execution, const PlannedExecution& planned) override {
    places_[execution] = static_cast<std::size_t>(&planned - plan_.data());
  }
  void finished(std::size_t execution, const Execution& result) override {
    // What is skipped has not started; then all of the plan is, since all of it is one scenario.
    const auto place = places_.find(execution);
    executions[place == places_.end() ? execution : place->second] = result;
    ++done_;
  }
  void interrupted() override {
    erase();
    fmt::print(out_, "Stopping: what runs is asked to end; once more kills it.\n");
    was_interrupted = true;
  }
  void tick() override {
    const auto now = std::chrono::steady_clock::now();
    const bool on_terminal = ::isatty(::fileno(out_)) == 1;
    if (!on_terminal && now < told_ + std::chrono::minutes(1)) return;
    fmt::print(out_, "{}{}: {} of {} runs{}", on_terminal ? "\r\033[K" : "", label_, done_,
               executions.size(), on_terminal ? "" : "\n");
    std::fflush(out_);
    drawn_ = on_terminal;
    told_ = now;
  }

  std::vector<std::optional<Execution>> executions;
  bool was_interrupted = false;

 private:
  void erase() {
    if (drawn_) fmt::print(out_, "\r\033[K");
    drawn_ = false;
  }

  std::FILE* out_;
  std::string label_;
  const std::vector<PlannedExecution>& plan_;
  std::map<std::size_t, std::size_t> places_;  // in the plan, by execution
  std::size_t done_ = 0;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
};

std::string new_proof_name() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("prove-{:%Y%m%dT%H%M%SZ}-{}", fmt::gmtime(now), ::getpid());
}

void print(std::FILE* out, const prove::Proof& proof) {
  if (!proof.skipped.empty()) {
    fmt::print(out, "{}: skipped: {}\n", proof.scenario, proof.skipped);
    return;
  }
  fmt::print(out, "{}\n", proof.summary());
  if (!proof.failed.empty()) fmt::print(out, "    fails unchanged: {}\n", proof.failed);
  for (const std::string& crash : proof.crashes) fmt::print(out, "    crashed by {}\n", crash);
  for (const prove::Survivor& one : proof.survived) {
    fmt::print(out, "    let pass: {}\n        in {}\n        {}\n", one.what, one.where,
               one.change);
    if (!one.why.empty()) fmt::print(out, "        accepted: {}\n", one.why);
  }
}

int exit_status(const std::vector<prove::Proof>& proofs) {
  bool all_skipped = true;
  bool bad = false;
  for (const prove::Proof& proof : proofs) {
    if (!proof.crashes.empty()) return kExitEnvironment;
    all_skipped = all_skipped && !proof.skipped.empty();
    bad = bad || proof.any_unexplained() || !proof.failed.empty() || proof.interrupted;
  }
  return bad ? kExitFailed : all_skipped ? kExitSkipped : kExitPassed;
}

int run(const ProveOptions& options) {
  Interruption interruption;
  ScratchDirectory::sweep();
  sweep_logs(home_directory() / "bundles");
  require_workspace(home_directory());
  const auto scenarios = options.selection.choose();
  const std::uint64_t seed = options.seed ? *options.seed : std::random_device{}();
  std::FILE* const out = options.json.to_stdout ? stderr : stdout;
  const auto daemons = choose_daemons({options.daemon}, interruption, out);
  std::vector<prove::Proof> proofs;
  if (!daemons) {
    options.json.write({{"schema", 1}, {"seed", seed}, {"scenarios", proofs}});
    return kExitFailed;
  }
  const DaemonProfile& daemon = daemons->front();
  const RunOptions run_options{
      .run = new_proof_name(),
      .seed = seed,
      .policy = {.jobs = options.jobs},
      .pace = {.slowness = machine_slowness(home_directory()),
               .crowding = crowding(options.jobs, usable_cores(), load_a_core()),
               .asked = options.timeout_factor},
      .bundles = home_directory() / "bundles"};
  fmt::print(out, "Seed {}, on {}\n", seed, daemon.to_string());
  bool stopping = false;
  for (const Scenario& scenario : scenarios) {
    if (stopping) break;
    const auto run_batch = [&](const std::vector<PlannedExecution>& plan) {
      Batch batch(out, scenario.name(), plan);
      if (!stopping) run_plan(plan, run_options, listed_order(), interruption, {&batch});
      stopping = stopping || batch.was_interrupted;
      return batch.executions;
    };
    const auto say = [&](const std::string& line) {
      fmt::print(out, "{}: {}\n", scenario.name(), line);
      std::fflush(out);
    };
    prove::Prover prover(scenario, daemon, {.most = options.most, .seed = seed}, run_batch, say);
    proofs.push_back(prover.prove());
    print(out, proofs.back());
  }
  options.json.write({{"schema", 1}, {"seed", seed}, {"scenarios", proofs}});
  return exit_status(proofs);
}

}  // namespace

void add_prove_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ProveOptions>();
  CLI::App* command = app.add_subcommand(
      "prove", "Changes what scenarios receive, one thing a run, and counts what they notice");
  options->selection.add_options(*command);
  command->add_option("--max", options->most, "The most changes that are tried a scenario")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("-j,--jobs", options->jobs, "How many run at a time")
      ->check(CLI::Range(1, 256))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--daemon", options->daemon, "As for `run`")->type_name("FLAVOUR|PATH");
  command->add_option("--seed", options->seed, "Seed of all random choices; default: a new one")
      ->check(whole_number())
      ->type_name("N");
  command
      ->add_option("--timeout-factor", options->timeout_factor,
                   "Multiplies every timeout, for slow machines")
      ->check(timeout_factor())
      ->type_name("F");
  options->json.add_options(*command);
  command->footer(
      "Exit status: 0 when every change that passed is accepted in survivors.txt beside the\n"
      "scenario, 1 when one is not, or a scenario fails unchanged; else as for `run`.");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace noderig
