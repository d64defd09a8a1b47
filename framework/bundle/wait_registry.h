// What the threads of a worker wait for at this moment: nodes, peers, calls, notifications. A wait
// enters when it begins to block and leaves when it ends, so that a scenario whose time is up can
// tell where it stands. Owned by the worker, which hands it to whatever waits; outlives all of
// them. Any thread. It calls nothing while it is locked, so a wait may enter and leave under a lock
// of its own.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace noderig {

class WaitRegistry {
 public:
  struct Wait {
    pid_t thread = 0;  // the kernel's number of the waiting thread
    std::string what{};
    std::chrono::steady_clock::time_point since{};
  };

  WaitRegistry() = default;
  WaitRegistry(const WaitRegistry&) = delete;
  WaitRegistry& operator=(const WaitRegistry&) = delete;

  // The calling thread waits for `what` until the result goes.
  [[nodiscard]] std::shared_ptr<void> enter(std::string what);

  // All waits there are, the longest first.
  std::vector<Wait> waits() const;

 private:
  mutable std::mutex mutex_;
  std::list<Wait> waits_;
};

}  // namespace noderig
