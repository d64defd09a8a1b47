#include <impact/record/run_tests.h>

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/runner/workspace.h>
#include <map>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kOutputLines = 20;

Verdict verdict_of(const Test& test, const LaunchEnd& end) {
  if (end.status == 0) return Verdict::Passed;
  const bool skipped = test.id.kind == TestKind::Scenario && end.status == kExitSkipped;
  return skipped ? Verdict::Skipped : Verdict::Failed;
}

// Tests that run in one go, so many at a time.
class Round {
 public:
  Round(const std::vector<const Test*>& tests, int jobs, const fs::path& scratch,
        Interruption& interruption)
      : tests_(tests), jobs_(jobs), scratch_(scratch), interruption_(interruption) {}

  // `ended` is told the test and what came of it.
  bool run(const std::function<void(const Test&, TestRun)>& ended) {
    std::size_t begun = 0;
    const auto next = [&]() -> std::optional<std::pair<std::size_t, Launch>> {
      if (begun == tests_.size()) return {};
      const std::size_t number = begun++;
      return std::pair{number, prepared(number)};
    };
    return ProcessPool(jobs_, interruption_).run(next, [&](std::size_t number, const auto& end) {
      ended(*tests_[number], collect(number, end));
    });
  }

 private:
  fs::path directory(std::size_t number) const { return scratch_ / std::to_string(number); }

  Launch prepared(std::size_t number) const {
    fs::create_directory(directory(number));
    Launch launch = tests_[number]->launch;
    launch.environment.push_back("LLVM_PROFILE_FILE=" + profile_pattern(directory(number)));
    launch.output = directory(number) / "output.txt";
    return launch;
  }

  TestRun collect(std::size_t number, const LaunchEnd& end) const {
    TestRun run{.verdict = verdict_of(*tests_[number], end), .seconds = end.seconds.count()};
    try {
      Profiles profiles = read_profiles(directory(number));
      run.executed = std::move(profiles.executed);
      run.images = std::move(profiles.images);
    } catch (const EnvironmentError& error) {
      run.problem = error.what();
    }
    if (run.verdict == Verdict::Failed) {
      const std::string output = read_file(directory(number) / "output.txt");
      run.output = last_lines(output, kOutputLines);
      if (end.timed_out) run.output += "\nkilled: it did not end in time";
    }
    fs::remove_all(directory(number));
    return run;
  }

  const std::vector<const Test*>& tests_;
  int jobs_;
  const fs::path& scratch_;
  Interruption& interruption_;
};

void add(TestRun& run, const Profiles& other) {
  run.executed = united(run.executed, other.executed);
  run.images.insert(other.images.begin(), other.images.end());
}

// What each of CTest's tests left behind for those that need it: whatever made it is part of what
// they depend on.
class Needs {
 public:
  void complete(const Test& test, TestRun& run) {
    for (const std::string& name : test.needs) {
      const auto known = executed_.find(name);
      if (known != executed_.end()) add(run, known->second);
    }
    if (test.id.kind == TestKind::Ctest) {
      executed_[test.id.name] = {.executed = run.executed, .images = run.images};
    }
  }

 private:
  std::map<std::string, Profiles> executed_{};
};

}  // namespace

bool run_tests(const std::vector<Test>& tests, const RunTestsOptions& options,
               Interruption& interruption) {
  const ScratchDirectory scratch("impact");
  std::vector<const Test*> scenarios;
  std::vector<const Test*> together;
  std::vector<const Test*> alone;
  for (const Test& test : tests) {
    const bool scenario = test.id.kind == TestKind::Scenario;
    (test.alone ? alone : scenario ? scenarios : together).push_back(&test);
  }

  Needs needs;
  std::map<TestId, Profiles> failed;
  const auto report = [&](const Test& test, TestRun run) {
    needs.complete(test, run);
    const auto before = failed.find(test.id);
    if (before != failed.end()) add(run, before->second);
    options.ended(test, run);
  };
  std::vector<const Test*> again;
  const auto first_of = [&](int jobs) {
    return [&, jobs](const Test& test, TestRun run) {
      if (run.verdict != Verdict::Failed || jobs == 1) return report(test, std::move(run));
      failed[test.id] = {.executed = std::move(run.executed), .images = std::move(run.images)};
      again.push_back(&test);
    };
  };
  return Round(together, options.jobs, scratch.path(), interruption).run(first_of(options.jobs)) &&
         Round(scenarios, options.scenario_jobs, scratch.path(), interruption)
             .run(first_of(options.scenario_jobs)) &&
         Round(again, 1, scratch.path(), interruption).run(report) &&
         Round(alone, 1, scratch.path(), interruption).run(report);
}

}  // namespace noderig::impact
