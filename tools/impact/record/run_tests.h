// Runs tests of an instrumented build and reads what each executed. One thread, and the only one
// of its process.
#pragma once

#include <impact/record/profile.h>
#include <impact/record/test_list.h>
#include <noderig/framework/runner/interruption.h>
#include <noderig/framework/runner/results.h>
#include <functional>
#include <string>
#include <vector>

namespace noderig::impact {

struct TestRun {
  Verdict verdict = Verdict::Failed;
  double seconds = 0;
  CoveredSet executed{};
  std::set<ImageId> images{};  // the programs and libraries that left counters
  std::string output{};        // the end of what a failed test printed
  std::string problem{};       // why it is not known what was executed; empty: it is
};

struct RunTestsOptions {
  int jobs = 1;
  int scenario_jobs = 1;  // of scenarios, which wait much of their time
  std::function<void(const Test&, const TestRun&)> ended{};  // each test once
};

// Begins tests in their order, as many at a time as allowed: scenarios behind other tests, and
// last those that must be alone. A test that fails beside others is run again by itself, and that
// counts: what it executed is the union. Returns whether all were run; false when the user
// interrupted.
bool run_tests(const std::vector<Test>& tests, const RunTestsOptions& options,
               Interruption& interruption);

}  // namespace noderig::impact
