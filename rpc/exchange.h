// One HTTP request and what came of it: where a calling thread and the I/O thread meet. Internal to
// rpc. Made by Pool::submit; shared by the caller who waits and the coroutine that works on it.
#pragma once

#include <noderig/rpc/errors.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

namespace noderig::rpc::detail {

struct Connection;

struct Reply {
  int status = 0;
  std::string body;
  std::string content_type{};  // with its parameters
};

// Becomes a TransportError in the calling thread.
struct Failure {
  TransportError::Kind kind;
  std::string text;
};

// The exception_ptr is for what nobody expects, such as no memory for the reply.
using Outcome = std::variant<Reply, Failure, std::exception_ptr>;

// How far the I/O thread got; what a timeout tells.
enum class Stage { Queued, Connecting, Waiting, Receiving };

struct Exchange {
  using Clock = std::chrono::steady_clock;

  // Set before the exchange is submitted, read-only afterwards.
  std::string method;  // as errors name it
  std::string endpoint;
  bool get = false;  // GET, which has no body, instead of POST
  std::string body;
  std::uint64_t id = 0;
  std::chrono::milliseconds timeout{};
  Clock::time_point begun;

  // For the trace only; the calling thread's. `params` stays null when nobody traces.
  std::optional<std::string> wallet;
  Json params;
  std::chrono::system_clock::time_point started;

  // In the list of waits (ClientOptions::on_wait) while the pool has it under way.
  std::shared_ptr<void> wait;

  // The I/O thread's: the connection in use, so that the exchange can be broken off, and the
  // credentials the node was shown on it.
  std::shared_ptr<Connection> connection;
  std::string authorization;

  std::atomic<Stage> stage = Stage::Queued;

  // The first outcome stays; false when there was one already. Any thread.
  bool finish(Outcome outcome);
  bool finished() const;
  // False when `until` comes before the outcome.
  bool wait_until(Clock::time_point until) const;
  // Moves the outcome out; only after it is there.
  Outcome take();

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable done_;
  bool finished_ = false;
  Outcome outcome_;
};

}  // namespace noderig::rpc::detail
