// The process that forks daemons. A daemon gets its parent-death signal from the thread that forked
// it, so daemons are forked only here, by a process with one thread that lives as long as its
// worker: kill -9 on the worker kills the supervisor, whose death kills every daemon.
//
// One supervisor a worker, launched before the worker has a second thread. The Supervisor object is
// the worker's end; a thread of its own reads what the supervisor reports. Its functions may be
// called from any thread once listen() has been.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace noderig {

// How a process ended and what it used.
struct ExitReport {
  int status = 0;          // exit status, when `signal` is 0
  int signal = 0;          // the signal that killed it, or 0
  double cpu_seconds = 0;  // user and system
  std::int64_t peak_rss_bytes = 0;

  bool clean() const { return status == 0 && signal == 0; }
  // "exited with status 1", "was killed by signal 9 (Killed)"
  std::string to_string() const;
};

struct SpawnRequest {
  std::vector<std::string> argv;         // argv[0] is the path of the program
  std::vector<std::string> environment;  // NAME=VALUE, added to the worker's own
  std::filesystem::path directory;       // where it runs
  std::filesystem::path stdout_file;     // appended to
  std::filesystem::path stderr_file;     // appended to
};

// One spawned process. Shared between its user and the supervisor's reader; any thread.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}

  pid_t pid() const { return pid_; }

  // How it ended; nothing while it runs. Known before the callbacks are called.
  std::optional<ExitReport> exit_report() const;

  // Waits for the end and until the callbacks have returned, at most `timeout`; nothing when that
  // is not enough.
  std::optional<ExitReport> wait(std::chrono::milliseconds timeout) const;

  // Calls `callback` once when the process has ended, on the supervisor's reading thread, or at
  // once on this one if it has ended already.
  void on_exit(std::function<void(const ExitReport&)> callback);

 private:
  friend class Supervisor;
  void report(const ExitReport& exit);

  struct State;
  const pid_t pid_;
  const std::shared_ptr<State> state_ = make_state();
  static std::shared_ptr<State> make_state();
};

class Supervisor {
 public:
  // Forks the supervisor. The calling process must have one thread. Throws EnvironmentError.
  Supervisor();
  // Kills what still runs, waits for the supervisor's end.
  ~Supervisor();

  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Starts the thread that receives exit reports. Call once, before spawn().
  void listen();

  // Starts a process. Throws EnvironmentError, with the reason, when it cannot be executed.
  std::shared_ptr<Child> spawn(const SpawnRequest& request);

  // Sends `signal` to a child; nothing happens when it has ended.
  void signal(const Child& child, int signal);

  // Ends the supervisor and every process it still has; their reports have been delivered when this
  // returns. Called by the destructor.
  void shut_down();

 private:
  struct Link;
  std::unique_ptr<Link> link_;
  std::thread reader_;
  pid_t pid_ = -1;
};

}  // namespace noderig
