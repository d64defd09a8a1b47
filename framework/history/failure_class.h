// What kind of failure an execution ended with, so that failures can be counted and compared across
// runs. Pure functions; any thread. The numbers are stored: add at the end, change none.
#pragma once

#include <noderig/framework/runner/results.h>
#include <optional>
#include <string_view>

namespace noderig {

enum class FailureClass {
  None = 0,         // it did not fail
  Assertion = 1,    // an expectation did not hold
  RpcError = 2,     // a node answered a call with an error that no step expected
  Timeout = 3,      // a wait or the whole scenario ran out of time
  NodeCrash = 4,    // a daemon ended by itself, or did not start
  NodeFault = 5,    // a daemon wrote to its standard error, logged a fault or ended badly
  PeerDropped = 6,  // a node dropped a peer that no step expected it to
  Exception = 7,    // an exception left a thread
  Killed = 8,       // the worker was killed by a signal
  RigFault = 9,     // the rig could not work: no disk, for one
  Interrupted = 10  // by the user, or by the end of the runner
};

std::string_view to_string(FailureClass failure);
std::optional<FailureClass> failure_class_named(std::string_view name);

// Told from the verdict and from the sentences that the rig puts into the reason.
FailureClass failure_class(const Execution& execution);

}  // namespace noderig
