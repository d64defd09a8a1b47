// The exceptions that cross the framework's interfaces. Throw one with a sentence for the user:
// what went wrong and, where it isn't obvious, what to do about it. Main turns them into exit codes
// in one place; code in between lets them pass. Value types; any thread.
#pragma once

#include <stdexcept>

namespace noderig {

// A scenario's expectation did not hold: exit code 1.
class AssertionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The scenario or sub-test cannot run here, and that is no failure: the daemon lacks what it needs.
class Skipped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The rig itself cannot work (no daemon, no disk, no plugin): exit code 3.
class EnvironmentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The command line was wrong: exit code 2. The text names the bad word and, if there is one, the
// nearest right one.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Exit codes of the program; a contract.
inline constexpr int kExitPassed = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitEnvironment = 3;
inline constexpr int kExitSkipped = 77;  // nothing ran, all was skipped

}  // namespace noderig
