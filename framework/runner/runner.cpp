#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/runner/capacity.h>
#include <noderig/framework/runner/machine.h>
#include <noderig/framework/runner/runner.h>
#include <noderig/framework/runner/worker_process.h>
#include <noderig/framework/runner/workspace.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
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

Schedule make_schedule(const std::vector<PlannedExecution>& plan, const SchedulePolicy& policy,
                       std::unique_ptr<Order> order) {
  std::vector<ScheduledItem> items;
  for (const PlannedExecution& one : plan) items.push_back(scheduled(one));
  return {std::move(items), policy, std::move(order)};
}

class PlanRunner {
 public:
  PlanRunner(const std::vector<PlannedExecution>& plan, const RunOptions& options,
             std::unique_ptr<Order> order, Interruption& interruption,
             const std::vector<RunObserver*>& observers)
      : plan_(plan),
        options_(options),
        begun_(plan.size()),
        schedule_(make_schedule(plan, options.policy, std::move(order))),
        interruption_(interruption),
        observers_(observers) {
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
                     .jobs = options_.policy.jobs,
                     .planned = results_.size(),
                     .executions = std::move(results_),
                     .interrupted = stopping_};
    for (const LeftOut& one : schedule_.left_out()) {
      const PlannedExecution& planned = plan_[one.item];
      result.not_run.push_back({planned.scenario.name(), planned.daemon_name, one.reason, one.times,
                                planned.reasons, planned.risk});
      result.planned += static_cast<std::size_t>(one.times);
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
  double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

  void launch() {
    while (const auto item = schedule_.next(elapsed(), available_memory_mb())) {
      const PlannedExecution& planned = plan_[*item];
      const std::size_t execution = results_.size();
      results_.push_back({.scenario = planned.scenario.name(),
                          .daemon = planned.daemon_name,
                          .partial = !planned.subtests.empty(),
                          .seed = options_.seed + begun_[*item]++,
                          .reasons = reasons_now(*item),
                          .risk = planned.risk});
      const std::string lacking = unmet_need(planned.scenario.metadata(), planned.daemon);
      if (!lacking.empty()) {
        finish(execution, *item,
               {.scenario = planned.scenario.name(),
                .daemon = {},
                .verdict = Verdict::Skipped,
                .reason = lacking});
        continue;
      }
      try {
        start(execution, *item);
      } catch (const EnvironmentError& error) {
        finish(execution, *item,
               {.scenario = planned.scenario.name(),
                .daemon = {},
                .verdict = Verdict::Failed,
                .reason = error.what(),
                .rig_fault = true});
      }
    }
    if (running_.empty() && schedule_.over()) stop_watching();
  }

  // Why the item starts, and why now.
  std::vector<std::string> reasons_now(std::size_t item) const {
    std::vector<std::string> reasons = plan_[item].reasons;
    if (std::string why = schedule_.why(item); !why.empty()) reasons.push_back(std::move(why));
    return reasons;
  }

  void start(std::size_t execution, std::size_t item) {
    const PlannedExecution& planned = plan_[item];
    // Executions of one scenario in one run are told apart by number.
    const std::string name = planned.scenario.name();
    const int number = ++started_[name];
    const fs::path bundle =
        options_.bundles / options_.run / (number == 1 ? name : fmt::format("{}-{}", name, number));
    const bool yields = schedule_.yields(item);
    Pace pace = options_.pace;
    if (yields) pace.crowding *= 2;
    TimeLimit limit = time_limit(planned.scenario.metadata().timeout, planned.past, pace);
    if (planned.timeout) {
      limit.whole = std::chrono::duration_cast<std::chrono::milliseconds>(*planned.timeout *
                                                                          options_.pace.asked);
      limit.basis = "set for this execution";
    }
    WorkerJob job{.scenario = name,
                  .plugin = fs::absolute(planned.scenario.plugin),
                  .daemon = planned.daemon,
                  .subtests = planned.subtests,
                  .seed = results_[execution].seed,
                  .timeout_factor = limit.wait_factor,
                  .keep = options_.keep,
                  .trace = options_.trace,
                  .pause_on_failure = options_.pause_on_failure,
                  .yields = yields,
                  .repeat_command = repeat_command(execution, planned),
                  .tamper = planned.tamper,
                  .bundle = bundle};
    auto worker = std::make_shared<WorkerProcess>(
        io_, std::move(job), limit.whole, fs::path(bundle.string() + ".log"),
        WorkerProcess::Callbacks{.step =
                                     [this, execution](const std::string& text) {
                                       for (RunObserver* observer : observers_)
                                         observer->step(execution, text);
                                     },
                                 .warning =
                                     [this, execution](const std::string& text) {
                                       for (RunObserver* observer : observers_)
                                         observer->warning(execution, text);
                                     },
                                 .paused =
                                     [this, execution](const std::string& text) {
                                       for (RunObserver* observer : observers_)
                                         observer->paused(execution, text);
                                       await_enter(execution);
                                     },
                                 .finished =
                                     [this, execution, item, limit](Execution result) {
                                       running_.erase(execution);
                                       result.timeout =
                                           std::chrono::duration<double>(limit.whole).count();
                                       result.timeout_basis = limit.basis;
                                       finish(execution, item, std::move(result));
                                       launch();
                                     }});
    running_[execution] = worker;
    // The worker starts its nodes meanwhile.
    for (RunObserver* observer : observers_) observer->started(execution, planned);
    worker->listen();
  }

  void finish(std::size_t execution, std::size_t item, Execution result) {
    const PlannedExecution& planned = plan_[item];
    result.daemon = planned.daemon_name;
    result.partial = results_[execution].partial;
    result.reasons = std::move(results_[execution].reasons);
    result.risk = planned.risk;
    result.seed = results_[execution].seed;
    if (planned.past) result.expected_seconds = planned.past->median;
    if (planned.past && planned.past->runs > 0) result.least_seconds = planned.past->least;
    const bool repeatable =
        result.verdict == Verdict::Failed || result.verdict == Verdict::Interrupted;
    if (repeatable) result.repeat = repeat_command(execution, planned);
    result.started = elapsed() - result.wall;
    schedule_.ended(item, result.verdict);
    for (RunObserver* observer : observers_) observer->finished(execution, result);
    results_[execution] = std::move(result);
  }

  std::string repeat_command(std::size_t execution, const PlannedExecution& planned) const {
    return options_.repeat_command ? options_.repeat_command(planned, results_[execution].seed)
                                   : "";
  }

  // On a terminal, Enter ends a pause; elsewhere nothing can be typed, and a signal does.
  void await_enter(std::size_t execution) {
    if (::isatty(STDIN_FILENO) == 0) return;
    typed_.assign(::dup(STDIN_FILENO));
    boost::asio::async_read_until(
        typed_, typed_line_, '\n',
        [this, execution](const boost::system::error_code& error, std::size_t) {
          typed_.close();
          typed_line_.consume(typed_line_.size());
          const auto paused = running_.find(execution);
          if (!error && paused != running_.end()) paused->second->resume();
        });
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
    user_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (error) return;
                       while (interruption_.take()) {
                         for (const auto& [execution, worker] : running_) {
                           stopping_ ? worker->kill() : worker->interrupt();
                         }
                         if (stopping_) continue;
                         for (RunObserver* observer : observers_) observer->interrupted();
                         stopping_ = true;
                         schedule_.stop("the user ended the run");
                       }
                       if (running_.empty()) stop_watching();
                       if (!over_) watch_user();
                     });
  }

  void tick() {
    timer_.expires_after(std::chrono::milliseconds(100));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      for (RunObserver* observer : observers_) observer->tick();
      // An adopted process lost the supervisor that was to end it with itself.
      std::vector<pid_t> own = inherited_;
      for (const auto& [execution, worker] : running_) own.push_back(worker->pid());
      kill_orphans(own);
      launch();  // there may be memory again
      if (!over_) tick();
    });
  }

  void stop_watching() {
    over_ = true;
    children_.cancel();
    user_.cancel();
    if (typed_.is_open()) typed_.cancel();
    timer_.cancel();
  }

  const std::vector<PlannedExecution>& plan_;
  const RunOptions& options_;
  std::vector<std::uint64_t> begun_;  // how often, by item
  Schedule schedule_;
  Interruption& interruption_;
  const std::vector<RunObserver*>& observers_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  const std::vector<pid_t> inherited_ = child_processes();  // from who executed this program
  std::vector<Execution> results_;  // by execution; of those that run, what their plan says
  bool stopping_ = false;           // the user has asked for the end
  bool over_ = false;               // nothing is left to wait for
  std::map<std::size_t, std::shared_ptr<WorkerProcess>> running_;
  std::map<std::string, int> started_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set children_{io_, SIGCHLD};
  boost::asio::posix::stream_descriptor user_{io_, ::dup(interruption_.descriptor())};
  boost::asio::steady_timer timer_{io_};
  boost::asio::posix::stream_descriptor typed_{io_};
  boost::asio::streambuf typed_line_;
};

}  // namespace

std::string unmet_need(const ScenarioMetadata& metadata, const DaemonProfile& daemon) {
  if (const std::string lacking = daemon.lacks(metadata.needs, metadata.args); !lacking.empty()) {
    return lacking;
  }
  // Less than any node takes is no lack of the scenario's, and not passed over.
  return metadata.disk_mb > kSmallestDiskMb ? lack_of_disk(metadata.disk_mb) : std::string();
}

ScheduledItem scheduled(const PlannedExecution& execution) {
  const ScenarioMetadata& metadata = execution.scenario.metadata();
  return {.expected_seconds = expected_seconds(metadata.timeout, execution.past),
          .memory_mb = metadata.memory_mb,
          .excused = execution.excused};
}

RunResult run_plan(const std::vector<PlannedExecution>& plan, const RunOptions& options,
                   std::unique_ptr<Order> order, Interruption& interruption,
                   const std::vector<RunObserver*>& observers) {
  return PlanRunner(plan, options, std::move(order), interruption, observers).run();
}

}  // namespace noderig
