// The runner's end of one worker: its process, the lines it sends, and the lifeline by which the
// runner knows that no process of it is left. Internal to framework/runner; belongs to the runner's
// thread.
#pragma once

#include <noderig/framework/runner/runner.h>
#include <noderig/framework/runner/worker.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace noderig {

class WorkerProcess : public std::enable_shared_from_this<WorkerProcess> {
 public:
  struct Callbacks {
    std::function<void(const std::string& text)> step;
    std::function<void(const std::string& text)> warning;
    // It has failed and stands still with its nodes running, until resume().
    std::function<void(const std::string& text)> paused;
    std::function<void(Execution)> finished;
  };

  // Starts the worker. `log` receives its standard error, and its standard output too; it is this
  // object's, and gone or in the bundle once the execution has finished.
  WorkerProcess(boost::asio::io_context& io, WorkerJob job, std::chrono::milliseconds timeout,
                const std::filesystem::path& log, Callbacks callbacks);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // Begins to listen; call once, after construction.
  void listen();

  pid_t pid() const { return pid_; }

  // The process was reaped.
  void reaped(int status, const rusage& usage);

  // Lets a worker go on that stands still after a failure; does nothing to others.
  void resume();

  // Asks the worker to end (SIGINT), or makes it (SIGKILL). One that stands still is asked too.
  void interrupt();
  void kill();

 private:
  // The worker; -1 with errno when there can be none.
  pid_t start(int input, int output, int events, int lifeline) const;
  void read_line();
  void take(const nlohmann::json& message);
  void watch_lifeline();
  void start_clock();
  void end_pause(int signal);
  void note_main_thread();
  void finish_when_over();
  double elapsed() const;  // seconds, since the worker's start
  Execution verdict() const;
  void describe_bundle(const Execution& execution) const;

  boost::asio::io_context& io_;
  WorkerJob job_;
  std::chrono::milliseconds timeout_;
  std::filesystem::path log_;
  int log_lock_ = -1;
  Callbacks callbacks_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  pid_t pid_ = -1;
  boost::asio::posix::stream_descriptor events_;
  boost::asio::posix::stream_descriptor lifeline_;
  boost::asio::steady_timer clock_;
  boost::asio::streambuf buffer_;
  char lifeline_byte_ = 0;

  bool events_over_ = false;
  bool lifeline_over_ = false;
  bool timed_out_ = false;
  bool interrupted_ = false;
  std::optional<int> status_;
  rusage usage_{};
  nlohmann::json result_;
  std::string crash_;
  std::string scratch_;
  std::string step_;
  std::vector<StepTime> steps_;
  std::string hang_;         // what its threads waited for when its time was up
  std::string main_thread_;  // what it did when the worker was killed for not ending
  std::optional<std::chrono::steady_clock::time_point> paused_;  // since when
};

// The children of this process's main thread.
std::vector<pid_t> child_processes();

// Kills every process that this one has adopted: what a dead worker's supervisor left behind. Those
// in `keep` are its own children.
void kill_orphans(const std::vector<pid_t>& keep);

}  // namespace noderig
