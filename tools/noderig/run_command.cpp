#include "command.h"
#include "history_recorder.h"
#include "json_output.h"
#include "observers.h"
#include "progress.h"
#include "quarantine_report.h"
#include "report_output.h"
#include "run_record.h"
#include "selection.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/history/past.h>
#include <noderig/framework/home.h>
#include <noderig/framework/nearest.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/node/daemons.h>
#include <noderig/framework/runner/matrix.h>
#include <noderig/framework/runner/runner.h>
#include <noderig/framework/runner/workspace.h>
#include <chrono>
#include <memory>
#include <random>

namespace noderig {
namespace {

struct Options {
  Selection selection;
  std::vector<std::string> daemons;
  std::vector<std::string> subtests;
  int jobs = 1;
  int repeat = 1;
  std::optional<std::uint64_t> seed;
  double timeout_factor = 1;
  bool keep = false;
  bool trace = false;
  JsonOutput json;
  ReportOutput reports;
};

// The sub-tests of one scenario that the patterns choose.
std::vector<std::string> chosen_subtests(const Scenario& scenario,
                                         const std::vector<std::string>& patterns) {
  std::vector<std::string> chosen;
  for (const std::string& name : scenario.metadata().subtests) {
    if (std::ranges::any_of(patterns, [&](const auto& one) { return glob_matches(one, name); })) {
      chosen.push_back(name);
    }
  }
  return chosen;
}

std::vector<PlannedExecution> make_plan(const Options& options,
                                        const std::vector<DaemonProfile>& daemons) {
  const std::vector<std::string> daemon_names = names_in_run(daemons);
  const auto scenarios = options.selection.choose();
  std::vector<PlannedExecution> plan;
  std::vector<std::string> known_subtests;
  for (int round = 0; round < options.repeat; ++round) {
    for (const Scenario& scenario : scenarios) {
      const auto& names = scenario.metadata().subtests;
      known_subtests.insert(known_subtests.end(), names.begin(), names.end());
      const auto subtests = chosen_subtests(scenario, options.subtests);
      if (subtests.empty() && !options.subtests.empty()) continue;
      for (std::size_t i = 0; i < daemons.size(); ++i) {
        plan.push_back({scenario, daemons[i], daemon_names[i], subtests});
      }
    }
  }
  for (const std::string& pattern : options.subtests) {
    const bool known = std::ranges::any_of(
        known_subtests, [&](const std::string& name) { return glob_matches(pattern, name); });
    if (!known) {
      throw UsageError(fmt::format("no sub-test is named \"{}\"{}", pattern,
                                   did_you_mean(pattern, known_subtests)));
    }
  }
  return plan;
}

// Sortable by time, and different for runs that start together, on other machines too.
std::string new_run_name() {
  const std::time_t time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y%m%dT%H%M%SZ}-{:08x}", fmt::gmtime(time), std::random_device{}());
}

// The command that repeats a failed execution.
std::string repeat_command(const Execution& execution, const std::vector<DaemonUsed>& daemons,
                           const Options& options, std::uint64_t seed) {
  std::string command = fmt::format("noderig run {} --seed {}", execution.scenario, seed);
  if (!options.daemons.empty()) {
    const auto used = std::ranges::find(daemons, execution.daemon, &DaemonUsed::name);
    command += " --daemon " + quote_command({used->path});
  }
  for (const std::string& one : options.subtests) command += " --subtest " + quote_command({one});
  for (const std::string& one : options.selection.plugins)
    command += " --plugin " + quote_command({one});
  return command;
}

std::vector<DaemonProfile> choose_daemons(std::vector<std::string> choices) {
  if (choices.empty()) choices.emplace_back();
  std::vector<DaemonProfile> daemons;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    daemons.push_back(find_daemon(choices[i]));
    const auto same = [&](const DaemonProfile& other) {
      return std::filesystem::equivalent(other.executable, daemons.back().executable);
    };
    const auto first = std::ranges::find_if(daemons, same) - daemons.begin();
    if (static_cast<std::size_t>(first) == i) continue;
    throw UsageError(fmt::format(
        "--daemon {} and --daemon {} are one program, {}; --repeat runs "
        "scenarios on it again",
        choices[static_cast<std::size_t>(first)], choices[i], daemons.back().executable.string()));
  }
  return daemons;
}

std::vector<DaemonUsed> daemons_used(const std::vector<DaemonProfile>& daemons) {
  const std::vector<std::string> names = names_in_run(daemons);
  std::vector<DaemonUsed> used;
  for (std::size_t i = 0; i < daemons.size(); ++i) {
    used.push_back({names[i], daemons[i].flavour, daemons[i].version,
                    daemons[i].executable.string(), default_arguments(daemons[i]),
                    daemons[i].rpcs});
  }
  return used;
}

int run(const Options& options) {
  options.json.check();
  options.reports.check();
  ScratchDirectory::sweep();
  require_workspace(home_directory());
  const std::vector<DaemonProfile> daemons = choose_daemons(options.daemons);
  const auto plan = make_plan(options, daemons);
  const Quarantine quarantine(Quarantine::default_file());

  const RunOptions run_options{.run = new_run_name(),
                               .seed = options.seed ? *options.seed : std::random_device{}(),
                               .jobs = options.jobs,
                               .timeout_factor = options.timeout_factor,
                               .keep = options.keep,
                               .trace = options.trace,
                               .bundles = home_directory() / "bundles"};
  std::FILE* const out = options.json.to_stdout ? stderr : stdout;
  const RecordedRun record = run_record(run_options.run, run_options.seed, daemons_used(daemons));
  HistoryRecorder recorder(home_directory(), record);
  RunResult result;
  {
    Progress progress(out, plan.size());
    Observers observers({&progress, &recorder});
    result = run_plan(plan, run_options, observers);
  }
  result.revision = record.revision;
  result.daemons = record.daemons;
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  mark_flaky(result.executions);
  excuse_failures(result.executions, quarantine, today);

  for (Execution& execution : result.executions) {
    if (execution.verdict == Verdict::Passed || execution.verdict == Verdict::Skipped) continue;
    execution.repeat = repeat_command(execution, result.daemons, options, run_options.seed);
    if (execution.verdict == Verdict::Failed) fmt::print(out, "Repeat: {}\n", execution.repeat);
  }
  if (daemons.size() > 1) fmt::print(out, "\n{}\n", matrix_table(result));
  // In reports, paths inside the project are relative to it.
  for (Execution& execution : result.executions) {
    const std::filesystem::path root = work_tree_root();
    if (!root.empty() && execution.bundle.starts_with(root.string() + "/")) {
      execution.bundle = std::filesystem::path(execution.bundle).lexically_relative(root);
    }
  }
  recorder.end(result, source_modified());
  for (const std::string& line : remarks(result.executions, quarantine, today)) {
    fmt::print(out, "{}\n", line);
  }
  // Reports first: nothing is lost when the last line cannot be printed.
  options.json.write(result);
  options.reports.write(result);

  fmt::print(out, "{} passed, {} failed, {} skipped\n", result.passed(), result.failed(),
             result.skipped());
  if (std::ranges::any_of(result.executions, &Execution::rig_fault)) return kExitEnvironment;
  if (result.failed() > 0 || result.executions.size() < plan.size()) return kExitFailed;
  return result.passed() > 0 ? kExitPassed : kExitSkipped;
}

}  // namespace

void add_run_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run", "Runs scenarios on real nodes");
  options->selection.add_options(*command);
  command->add_option("-j,--jobs", options->jobs, "How many scenarios run at a time")
      ->check(CLI::Range(1, 256))
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option(
          "--daemon", options->daemons,
          "knots, bcoin, core (found on PATH) or a path with a '/'. Repeated, it runs the\n"
          "scenarios on each and prints a table. Default: NODERIG_DAEMON, else knots")
      ->type_name("FLAVOUR|PATH")
      ->allow_extra_args(false);
  command->add_option("--subtest", options->subtests, "Only sub-tests with that name or glob")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->add_option("--repeat", options->repeat, "Runs each scenario N times")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N");
  command->add_option("--seed", options->seed, "Seed of all random choices; default: a new one")
      ->type_name("N");
  command
      ->add_option("--timeout-factor", options->timeout_factor,
                   "Multiplies every timeout, for slow machines")
      ->check(CLI::PositiveNumber)
      ->type_name("F");
  command->add_flag("--keep", options->keep, "Keep data directories also when a scenario passes");
  command->add_flag("--trace", options->trace,
                    "Print steps, RPC calls and decoded messages as they happen");
  options->json.add_options(*command);
  options->reports.add_options(*command);
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace noderig
