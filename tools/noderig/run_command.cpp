#include "command.h"
#include "daemon_choice.h"
#include "history_command.h"
#include "history_recorder.h"
#include "progress.h"
#include "quarantine_report.h"
#include "run_options.h"
#include "run_plan.h"
#include "run_record.h"
#include "run_summary.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/history/past.h>
#include <noderig/framework/home.h>
#include <noderig/framework/node/daemons.h>
#include <noderig/framework/runner/capacity.h>
#include <noderig/framework/runner/machine.h>
#include <noderig/framework/runner/matrix.h>
#include <noderig/framework/runner/runner.h>
#include <noderig/framework/runner/workspace.h>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <system_error>

namespace noderig {
namespace {

// Sortable by time, and different for runs that start together, on other machines too.
std::string new_run_name() {
  const std::time_t time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y%m%dT%H%M%SZ}-{:08x}", fmt::gmtime(time), std::random_device{}());
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

// How much longer things take here and now than for the author of a scenario.
Pace pace_of(const RunCommandOptions& options, std::size_t executions) {
  const auto side_by_side =
      std::min(static_cast<std::size_t>(options.jobs_or_default()),
               executions * static_cast<std::size_t>(options.policy().rounds.value_or(1'000'000)));
  return {.slowness = machine_slowness(home_directory()),
          .crowding = crowding(static_cast<int>(side_by_side), usable_cores(), load_a_core()),
          .asked = options.timeout_factor};
}

// What the history knows of times.
PastTimesOf past_times() {
  return [known = expected_seconds()](const std::string& scenario, const std::string& flavour) {
    return past_times_of(known, scenario, flavour);
  };
}

// Prints what may find nobody to read it, or no place: main() looks at that in the end.
void tell(const std::function<void()>& print) {
  try {
    print();
  } catch (const std::system_error&) {
  }
}

// A run, from its first execution to what the history keeps of it.
struct RecordedResult {
  RunResult result{};
  std::unique_ptr<HistoryRecorder> recorder{};  // null when no execution was to begin
};

// Executes what the options ask for. An interruption on the way there leaves an empty result.
RecordedResult execute(const RunCommandOptions& options, std::uint64_t seed,
                       const std::optional<Quarantine>& quarantine, std::FILE* out,
                       Interruption& interruption) {
  RunOptions run_options{.run = new_run_name(),
                         .seed = seed,
                         .policy = options.policy(),
                         .keep = options.keep,
                         .trace = options.trace,
                         .pause_on_failure = options.pause_on_failure,
                         .bundles = home_directory() / "bundles",
                         .repeat_command = [&](const PlannedExecution& planned, std::uint64_t its) {
                           return repeat_command(planned, options, its);
                         }};
  const auto daemons = choose_daemons(options.daemons, interruption, out);
  if (!daemons) {
    return {.result = {.run = run_options.run,
                       .begin = std::chrono::system_clock::now(),
                       .seed = seed,
                       .machine = this_machine(),
                       .interrupted = true}};
  }
  std::optional<ChangedSince> changed;
  if (!options.changed_since.empty())
    changed = changed_since(options.changed_since, options.ignored);
  auto plan = make_plan(options, changed, *daemons, past_times());
  if (quarantine) excuse(plan, *quarantine, current_day());
  auto shard = keep_shard(plan, options, out);
  auto order = choose_order(options, changed, plan, seed);
  run_options.pace = pace_of(options, plan.size());

  const std::vector<DaemonUsed> used = daemons_used(*daemons);
  RecordedResult ended{.recorder = std::make_unique<HistoryRecorder>(
                           home_directory(), [name = run_options.run, seed, used] {
                             return run_record(name, seed, used);
                           })};
  {
    Progress progress(out, plan, run_options);
    ended.result = run_plan(plan, run_options, std::move(order), interruption,
                            {&progress, ended.recorder.get()});
  }
  ended.result.revision = ended.recorder->run().revision;
  ended.result.daemons = used;
  ended.result.shard = std::move(shard);
  return ended;
}

int run(const RunCommandOptions& options) {
  options.check();
  Interruption interruption;
  ScratchDirectory::sweep();
  sweep_logs(home_directory() / "bundles");
  require_workspace(home_directory());
  std::signal(SIGPIPE, SIG_IGN);  // when nobody reads any more, there are reports to write
  const Quarantine quarantine(Quarantine::default_file());
  // Who looks for a failure is not to miss it.
  const auto excusing = options.until_fail ? std::nullopt : std::optional(quarantine);
  const std::uint64_t seed = options.seed ? *options.seed : std::random_device{}();
  std::FILE* const out = options.json.to_stdout ? stderr : stdout;
  auto [result, recorder] = execute(options, seed, excusing, out, interruption);

  mark_flaky(result.executions);
  if (excusing) excuse_failures(result.executions, *excusing, current_day());
  complete(result);
  if (recorder) {
    result.modified = source_modified();
    if (result.modified == false) {
      mark_failed_before(result, recorder->failures_at(result.revision));
    }
    recorder->end(result);
  }
  tell([&] {
    print_summary(out, result);
    for (const std::string& line : remarks(result.executions, quarantine, current_day())) {
      fmt::print(out, "{}\n", line);
    }
  });
  const std::string unwritten = write_reports(result, options);
  tell([&] {
    fmt::print(out, "{} passed, {} failed, {} skipped\n", result.passed(), result.failed(),
               result.skipped());
  });
  if (!unwritten.empty()) throw EnvironmentError(unwritten);
  measure_machine_again(home_directory());
  return exit_code(result);
}

}  // namespace

void add_run_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<RunCommandOptions>();
  CLI::App* command = app.add_subcommand("run", "Runs scenarios on real nodes");
  options->add_to(*command);
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace noderig
