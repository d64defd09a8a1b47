// Shows a run while it goes on: on a terminal one line that is rewritten, elsewhere a line an
// event. Belongs to the runner's thread.
#pragma once

#include <noderig/framework/runner/runner.h>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>

namespace noderig {

class Progress : public RunObserver {
 public:
  // Writes to `out`; `total` executions are to come.
  Progress(std::FILE* out, std::size_t total);
  ~Progress() override;

  void started(std::size_t index, const PlannedExecution& execution) override;
  void step(std::size_t index, const std::string& text) override;
  void finished(std::size_t index, const Execution& execution) override;
  void interrupted() override;
  void tick() override;

 private:
  struct Running {
    std::string name;
    std::string step;
    std::chrono::steady_clock::time_point begin;
  };

  void line(const std::string& text);
  void draw();
  void erase();
  std::string painted(Verdict verdict, const std::string& text) const;

  std::FILE* out_;
  std::size_t total_;
  std::size_t done_ = 0;
  bool terminal_;
  bool drawn_ = false;
  bool interrupted_ = false;
  std::map<std::size_t, Running> running_;
};

}  // namespace noderig
