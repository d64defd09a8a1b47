#include <noderig/rpc/exchange.h>

#include <utility>

namespace noderig::rpc::detail {

bool Exchange::finish(Outcome outcome) {
  const std::lock_guard lock(mutex_);
  if (finished_) return false;
  finished_ = true;
  outcome_ = std::move(outcome);
  done_.notify_all();
  return true;
}

bool Exchange::finished() const {
  const std::lock_guard lock(mutex_);
  return finished_;
}

bool Exchange::wait_until(Clock::time_point until) const {
  std::unique_lock lock(mutex_);
  return done_.wait_until(lock, until, [this] { return finished_; });
}

Outcome Exchange::take() {
  const std::lock_guard lock(mutex_);
  return std::move(outcome_);
}

}  // namespace noderig::rpc::detail
