#include <fmt/format.h>
#include <noderig/framework/runner/machine.h>
#include <noderig/framework/runner/runner.h>
#include <noderig/framework/runner/worker_process.h>
#include <noderig/framework/runner/workspace.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>

namespace noderig {
namespace {

namespace fs = std::filesystem;

double own_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class PlanRunner {
 public:
  PlanRunner(const std::vector<PlannedExecution>& plan, const RunOptions& options,
             RunObserver& observer)
      : plan_(plan), options_(options), observer_(observer), executions_(plan.size()) {
    // Adopts what a worker that was killed leaves, until it has ended too.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  }

  RunResult run() {
    const auto begin = std::chrono::system_clock::now();
    watch_children();
    watch_user();
    tick();
    launch();
    io_.run();

    RunResult result{.run = options_.run,
                     .begin = begin,
                     .seed = options_.seed,
                     .machine = this_machine(),
                     .wall = elapsed(),
                     .jobs = options_.jobs,
                     .planned = plan_.size()};
    for (auto& execution : executions_) {
      if (execution) result.executions.push_back(std::move(*execution));
    }
    std::error_code in_use;
    fs::remove(options_.bundles / options_.run, in_use);  // when nothing was kept in it
    // The runner serves all executions alike.
    for (Execution& execution : result.executions) {
      execution.rig_cpu += own_cpu_seconds() / static_cast<double>(result.executions.size());
    }
    return result;
  }

 private:
  void launch() {
    while (next_ < plan_.size() && !stopping_ &&
           running_.size() < static_cast<std::size_t>(options_.jobs)) {
      const std::size_t index = next_++;
      const PlannedExecution& planned = plan_[index];
      const std::string lacking = unmet_need(planned.scenario.metadata(), planned.daemon);
      if (!lacking.empty()) {
        finish(index, {.scenario = planned.scenario.name(),
                       .daemon = {},
                       .verdict = Verdict::Skipped,
                       .reason = lacking});
        continue;
      }
      start(index, planned);
    }
    if (running_.empty()) stop_watching();
  }

  void start(std::size_t index, const PlannedExecution& planned) {
    // Executions of one scenario in one run are told apart by number.
    const std::string name = planned.scenario.name();
    const int number = ++started_[name];
    const fs::path bundle =
        options_.bundles / options_.run / (number == 1 ? name : fmt::format("{}-{}", name, number));
    WorkerJob job{.scenario = name,
                  .plugin = fs::absolute(planned.scenario.plugin),
                  .daemon = planned.daemon,
                  .subtests = planned.subtests,
                  .seed = options_.seed,
                  .timeout_factor = options_.timeout_factor,
                  .keep = options_.keep,
                  .trace = options_.trace,
                  .bundle = bundle};
    const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
        planned.scenario.metadata().timeout * options_.timeout_factor);
    observer_.started(index, planned);
    auto worker = std::make_shared<WorkerProcess>(
        io_, std::move(job), timeout, fs::path(bundle.string() + ".log"),
        WorkerProcess::Callbacks{
            .step = [this, index](const std::string& text) { observer_.step(index, text); },
            .finished =
                [this, index](Execution execution) {
                  running_.erase(index);
                  finish(index, std::move(execution));
                  launch();
                }});
    running_[index] = worker;
    worker->listen();
  }

  double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

  void finish(std::size_t index, Execution execution) {
    execution.daemon = plan_[index].daemon_name;
    execution.started = elapsed() - execution.wall;
    observer_.finished(index, execution);
    executions_[index] = std::move(execution);
  }

  void watch_children() {
    children_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      int status = 0;
      rusage usage{};
      for (pid_t pid = 0; (pid = ::wait4(-1, &status, WNOHANG, &usage)) > 0;) {
        const auto owner = std::ranges::find_if(
            running_, [pid](const auto& one) { return one.second->pid() == pid; });
        if (owner == running_.end()) continue;  // adopted
        const auto worker = owner->second;      // finishing takes it out of running_
        worker->reaped(status, usage);
      }
      if (!over_) watch_children();
    });
  }

  void watch_user() {
    user_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      if (!stopping_) observer_.interrupted();
      for (const auto& [index, worker] : running_) {
        stopping_ ? worker->kill() : worker->interrupt();
      }
      stopping_ = true;
      if (running_.empty()) stop_watching();
      if (!over_) watch_user();
    });
  }

  void tick() {
    timer_.expires_after(std::chrono::milliseconds(100));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      observer_.tick();
      // An adopted process lost the supervisor that was to end it with itself.
      std::vector<pid_t> workers;
      for (const auto& [index, worker] : running_) workers.push_back(worker->pid());
      kill_orphans(workers);
      if (!over_) tick();
    });
  }

  void stop_watching() {
    over_ = true;
    children_.cancel();
    user_.cancel();
    timer_.cancel();
  }

  const std::vector<PlannedExecution>& plan_;
  const RunOptions& options_;
  RunObserver& observer_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::vector<std::optional<Execution>> executions_;
  std::size_t next_ = 0;
  bool stopping_ = false;  // the user has asked for the end
  bool over_ = false;      // nothing is left to wait for
  std::map<std::size_t, std::shared_ptr<WorkerProcess>> running_;
  std::map<std::string, int> started_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set children_{io_, SIGCHLD};
  boost::asio::signal_set user_{io_, SIGINT, SIGTERM};
  boost::asio::steady_timer timer_{io_};
};

}  // namespace

std::string unmet_need(const ScenarioMetadata& metadata, const DaemonProfile& daemon) {
  if (const std::string lacking = daemon.lacks(metadata.needs, metadata.args); !lacking.empty()) {
    return lacking;
  }
  // Less than any node takes is no lack of the scenario's, and not passed over.
  return metadata.disk_mb > kSmallestDiskMb ? lack_of_disk(metadata.disk_mb) : std::string();
}

RunResult run_plan(const std::vector<PlannedExecution>& plan, const RunOptions& options,
                   RunObserver& observer) {
  return PlanRunner(plan, options, observer).run();
}

}  // namespace noderig
