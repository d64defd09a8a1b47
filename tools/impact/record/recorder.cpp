#include <impact/record/recorder.h>

#include <fmt/format.h>
#include <impact/record/flags.h>
#include <impact/record/linked_files.h>
#include <impact/record/scenarios.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/command.h>
#include <algorithm>
#include <chrono>
#include <map>

namespace noderig::impact {
namespace {

using Clock = std::chrono::steady_clock;

// How much work kill -9 may cost.
constexpr auto kBetweenSaves = std::chrono::milliseconds(500);

std::vector<TestId> ids_of(const std::vector<Test>& tests) {
  std::vector<TestId> ids;
  for (const Test& test : tests) ids.push_back(test.id);
  return ids;
}

std::vector<Test> in_order(const std::vector<TestId>& chosen, const std::vector<Test>& all) {
  std::map<TestId, const Test*> known;
  for (const Test& test : all) known[test.id] = &test;
  std::vector<Test> tests;
  for (const TestId& id : chosen) {
    const auto found = known.find(id);
    if (found != known.end()) tests.push_back(*found->second);
  }
  return tests;
}

}  // namespace

std::size_t RecordResult::failed() const {
  return static_cast<std::size_t>(std::ranges::count(runs, Verdict::Failed, &Run::verdict));
}

Recorder::Recorder(RecorderOptions options) : options_(std::move(options)) {
  require_instrumented(options_.project, options_.build);
}

void Recorder::build() {
  if (!options_.build_first) return;
  ask_what_is_linked(options_.build);
  options_.say("building");
  const CommandResult result = run_command(
      {"cmake", "--build", options_.build.string(), "--parallel", std::to_string(options_.jobs)},
      {.environment = {"LLVM_PROFILE_FILE=/dev/null"}, .timeout = std::chrono::hours(24)});
  if (!result.ok()) {
    throw EnvironmentError(fmt::format("building {} failed:\n{}", options_.build.string(),
                                       last_lines(result.out + result.err, 30)));
  }
  list_.reset();
}

const std::vector<Test>& Recorder::tests() {
  if (!list_) {
    list_ = list_tests(options_.build);
    if (!options_.daemon.empty()) {
      auto scenarios = list_scenarios(options_.daemon);
      std::ranges::move(scenarios, std::back_inserter(list_->tests));
    }
  }
  return list_->tests;
}

RecordResult Recorder::record(const std::vector<TestId>& chosen, const Recording* earlier,
                              const std::vector<TestId>& unaffected, Interruption& interruption) {
  const auto begin = Clock::now();
  const std::vector<Test> to_run = in_order(chosen, tests());
  const Snapshot snapshot = take_snapshot(options_.project, {options_.build});
  RecordingStore store(options_.database, sqlite::Open::Write);
  const std::int64_t recording =
      store.begin(snapshot, {.directory = options_.build.string(),
                             .daemon = options_.daemon.string(),
                             .identity = identity_of(options_.project, options_.build)});
  if (earlier != nullptr) store.carry_over(earlier->id, recording, unaffected);

  const LinkedFiles linked(options_.project, options_.build);
  RecordResult result{.revision = snapshot.commit};
  for (const std::string& name : list_->not_built) {
    result.problems.push_back(fmt::format("{} is not built", name));
  }
  auto saved = Clock::now();
  const auto ended = [&](const Test& test, const TestRun& run) {
    result.runs.push_back({test.id, run.verdict, run.seconds, run.executed.size()});
    if (run.problem.empty()) {
      store.add(recording, test, run, linked.of(run.images));
    } else {
      result.problems.push_back(fmt::format("{}: {}", test.id.text(), run.problem));
    }
    if (Clock::now() - saved > kBetweenSaves) {
      store.save();
      saved = Clock::now();
    }
    if (options_.ended) options_.ended(result.runs.size(), to_run.size(), test, run);
  };
  const bool all = run_tests(
      to_run, {.jobs = options_.jobs, .scenario_jobs = options_.scenario_jobs, .ended = ended},
      interruption);
  store.save();
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (!all) {
    result.problems.emplace_back("it was interrupted");
  } else if (take_snapshot(options_.project, {options_.build}) != snapshot) {
    result.problems.emplace_back("the source was edited while it was recorded");
  } else {
    result.state = store.finish(recording, ids_of(tests()));
  }
  return result;
}

}  // namespace noderig::impact
