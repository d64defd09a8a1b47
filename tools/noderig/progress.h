// Shows a run while it goes on: on a terminal the live view, with verdicts above it; elsewhere a
// line an event. Belongs to the runner's thread.
#pragma once

#include <noderig/framework/runner/live_view.h>
#include <noderig/framework/runner/runner.h>
#include <risk/burndown.h>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace noderig {

class Progress : public RunObserver {
 public:
  // Writes to `out`. The rest is what run_plan() is given.
  Progress(std::FILE* out, const std::vector<PlannedExecution>& plan, const RunOptions& options);
  // Leaves the terminal as a program that printed lines would.
  ~Progress() override;

  void started(std::size_t execution, const PlannedExecution& planned) override;
  void step(std::size_t execution, const std::string& text) override;
  void warning(std::size_t execution, const std::string& text) override;
  void finished(std::size_t execution, const Execution& result) override;
  void paused(std::size_t execution, const std::string& text) override;
  void interrupted() override;
  void tick() override;

 private:
  struct Running {
    std::string name;
    std::string step;
    double guess = 0;                  // of its seconds
    std::optional<double> expected{};  // its seconds, from history
    std::chrono::steady_clock::time_point begin;
  };

  // Of one scenario on one daemon, what has not begun.
  struct Waiting {
    double guess = 0;
    std::int64_t times = 0;
  };

  void print(const std::string& lines);
  void draw(const std::string& above);
  void write(const std::string& text);
  void no_longer_waits(const std::string& scenario, const std::string& daemon);
  LiveRun live_run() const;
  std::optional<double> seconds_left() const;
  std::string painted(Verdict verdict, const std::string& text) const;
  std::string account_of(const Execution& result) const;
  std::string remaining_risk() const;

  std::FILE* out_;
  const SchedulePolicy policy_;
  const std::size_t total_;
  const bool live_;
  bool matrix_ = false;  // scenarios run on several daemons
  const bool coloured_;
  LiveScreen screen_;
  std::map<std::size_t, Running> running_;
  std::map<std::pair<std::string, std::string>, Waiting> waiting_;  // by scenario and daemon
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::optional<risk::Burndown> burndown_;  // nothing: the plan knows of no risk
  bool enough_history_ = false;             // to tell how long the run will take
  double guessed_ = 0;                      // seconds of all executions
  double guessed_done_ = 0;                 // and of those that are done,
  double took_ = 0;                         // which took that
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
  bool stopping_ = false;
};

}  // namespace noderig
