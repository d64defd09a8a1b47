#include <noderig/framework/bundle/wait_registry.h>
#include <unistd.h>

namespace noderig {

std::shared_ptr<void> WaitRegistry::enter(std::string what) {
  Wait wait{::gettid(), std::move(what), std::chrono::steady_clock::now()};
  const std::lock_guard lock(mutex_);
  waits_.push_back(std::move(wait));
  const auto place = std::prev(waits_.end());
  return {this, [place](WaitRegistry* registry) {
            const std::lock_guard leaving(registry->mutex_);
            registry->waits_.erase(place);
          }};
}

std::vector<WaitRegistry::Wait> WaitRegistry::waits() const {
  const std::lock_guard lock(mutex_);
  return {waits_.begin(), waits_.end()};
}

}  // namespace noderig
