// Tells several observers of a run the same, in their order. They outlive it.
#pragma once

#include <noderig/framework/runner/runner.h>
#include <utility>
#include <vector>

namespace noderig {

class Observers : public RunObserver {
 public:
  explicit Observers(std::vector<RunObserver*> observers) : observers_(std::move(observers)) {}

  void started(std::size_t index, const PlannedExecution& execution) override {
    for (RunObserver* one : observers_) one->started(index, execution);
  }
  void step(std::size_t index, const std::string& text) override {
    for (RunObserver* one : observers_) one->step(index, text);
  }
  void finished(std::size_t index, const Execution& execution) override {
    for (RunObserver* one : observers_) one->finished(index, execution);
  }
  void interrupted() override {
    for (RunObserver* one : observers_) one->interrupted();
  }
  void tick() override {
    for (RunObserver* one : observers_) one->tick();
  }

 private:
  std::vector<RunObserver*> observers_;
};

}  // namespace noderig
