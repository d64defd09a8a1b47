#include "run_options.h"

#include "usage.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/runner/capacity.h>
#include <map>

namespace noderig {
namespace {

void add_what_to_run(RunCommandOptions& options, CLI::App& command) {
  options.selection.add_options(command);
  CLI::Option* plan =
      command.add_option("--plan", options.plan, "Only the tests of a plan, in its order (JSON)")
          ->type_name("FILE");
  CLI::Option* changed =
      command
          .add_option(
              "--changed-since", options.changed_since,
              "Only scenarios that a change of the node's source since then can affect: of the\n"
              "work tree one stands in, as `noderig impact record --daemon` recorded it")
          ->type_name("REV")
          ->excludes(plan);
  command
      .add_option("--ignore", options.ignored,
                  "Files of that work tree that no scenario reads, as a glob; repeatable. Others\n"
                  "that are no C++ source mean that everything is affected")
      ->type_name("GLOB")
      ->allow_extra_args(false)
      ->needs(changed);
  command
      .add_option("--daemon", options.daemons,
                  "knots, bcoin, core (found on PATH) or a path with a '/'. Repeated, it runs the\n"
                  "scenarios on each and prints a table. Default: NODERIG_DAEMON, else knots")
      ->type_name("FLAVOUR|PATH")
      ->allow_extra_args(false);
  command.add_option("--subtest", options.subtests, "Only sub-tests with that name or glob")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      .add_option(
          "--shard", options.shard,
          "Only the I-th of N parts that take equally long; default: what TEST_SHARD_INDEX\n"
          "and TEST_TOTAL_SHARDS say, or CI_NODE_INDEX and CI_NODE_TOTAL")
      ->type_name("I/N");
}

void add_schedule(RunCommandOptions& options, CLI::App& command) {
  command
      .add_option("-j,--jobs", options.jobs,
                  "How many run at a time, as far as memory allows; default: three a core, and\n"
                  "one with --trace")
      ->check(CLI::Range(1, 256))
      ->type_name("N");
  CLI::Option* order =
      command
          .add_option("--order", options.order,
                      "What runs first: listed (by name, or as planned), longest (by past runs),\n"
                      "risk. Default: listed with --plan,\n"
                      "--changed-since or -j 1, else longest")
          ->check(CLI::IsMember({"listed", "longest", "risk"}))
          ->type_name("ORDER");
  command.add_flag("--shuffle", options.shuffle, "In random order, which --seed repeats")
      ->excludes(order);
  command
      .add_option("--budget", options.budget,
                  "Leave out what is not expected to end within that time: 90s, 10m, 2h")
      ->transform(
          CLI::AsNumberWithUnit(std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}}))
      ->check(above_zero())
      ->type_name("TIME");
  command.add_option("--repeat", options.repeat, "Runs each scenario N times")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N");
  command.add_flag("--until-fail", options.until_fail,
                   "Runs again and again until something fails, at most --repeat times");
  command.add_flag("--fail-fast", options.fail_fast, "After a failure, start nothing more");
  command.add_option("--seed", options.seed, "Seed of all random choices; default: a new one")
      ->check(whole_number())
      ->type_name("N");
  command
      .add_option("--timeout-factor", options.timeout_factor,
                  "Multiplies every timeout, beside what the machine's speed and load do")
      ->check(timeout_factor())
      ->type_name("F");
}

}  // namespace

void RunCommandOptions::add_to(CLI::App& command) {
  add_what_to_run(*this, command);
  add_schedule(*this, command);
  command.add_flag("--keep", keep, "Keep data directories also when a scenario passes");
  command.add_flag("--trace", trace, "Print steps, RPC calls and decoded messages as they happen");
  command.add_flag(
      "--pause-on-failure", pause_on_failure,
      "When a scenario fails, keep its nodes running, print how to reach them, and go\n"
      "on when Enter is pressed (without a terminal: at SIGINT or SIGTERM). Takes -j 1");
  json.add_options(command);
  reports.add_options(command);
  risk_options_ = risk.add_options(command);
  for (CLI::Option* option : risk_options_) option->group("With --order risk");
}

void RunCommandOptions::check() const {
  if (pause_on_failure && jobs_or_default() > 1) {
    throw UsageError("--pause-on-failure stands still with one scenario: it takes -j 1");
  }
  for (const CLI::Option* option : risk_options_) {
    if (order == "risk" || option->empty()) continue;
    throw UsageError(fmt::format("{} is about --order risk", option->get_name()));
  }
  if (!risk.coverage_file.empty() && !changed_since.empty()) {
    throw UsageError("--changed-since knows the coverage itself: it takes no --coverage");
  }
  reports.check(json.file);
}

int RunCommandOptions::jobs_or_default() const {
  return jobs.value_or(trace || pause_on_failure ? 1 : scenarios_at_a_time());
}

SchedulePolicy RunCommandOptions::policy() const {
  return {.jobs = jobs_or_default(),
          .rounds = until_fail ? repeat : repeat.value_or(1),
          .stop_at_failure = until_fail || fail_fast,
          .budget = budget};
}

}  // namespace noderig
