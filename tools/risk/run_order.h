// The order of a run by risk, as its schedule asks for it: what is worth most comes first, and
// after each failure the tests that used to fail together with the failed one move up. Belongs to
// the runner's thread.
#pragma once

#include "co_failure.h"
#include "test_case.h"

#include <noderig/framework/runner/schedule.h>

namespace noderig::risk {

// One item of the run's plan.
struct RunCandidate {
  std::string name{};            // to be told in reasons
  std::optional<double> risk{};  // overall, unrounded; nothing: undefined
  double probability = 0;        // that it fails
  double seconds = 0;            // it is expected to take
  Costs costs{};
  PastCycles past{};
};

enum class Worth {
  Risk,               // the overall risk, by as much more as a failure has become likelier
  DecreasePerSecond,  // dR over duration: what a budget buys most of
};

// Equal ones by probability, then as planned.
std::unique_ptr<noderig::Order> order_by_risk(std::vector<RunCandidate> candidates, Worth worth);

}  // namespace noderig::risk
