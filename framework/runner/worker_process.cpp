#include <fcntl.h>
#include <fmt/format.h>
#include <noderig/framework/bundle/bundle.h>
#include <noderig/framework/bundle/hang_report.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/runner/worker_process.h>
#include <noderig/framework/runner/workspace.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Added to the nice value of a worker and its nodes. It gives them a quarter of a processor that
// another one wants as well; more would starve them where other programs are busy, too.
constexpr int kYieldingNice = 5;

struct PipeEnds {
  int read_end = -1;
  int write_end = -1;
};

PipeEnds make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw EnvironmentError(fmt::format("pipe: {}", strerror(errno)));
  }
  return {ends[0], ends[1]};
}

// A file in memory that holds `text`, ready to be read.
int text_file(const std::string& text) {
  const int fd = ::memfd_create("noderig-job", MFD_CLOEXEC);
  if (fd < 0 || ::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::lseek(fd, 0, SEEK_SET) != 0) {
    throw EnvironmentError(fmt::format("cannot hand a job to a worker: {}", strerror(errno)));
  }
  return fd;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

void inherit(int fd) {
  ::fcntl(fd, F_SETFD, 0);
}

std::string end_of(const fs::path& file) {
  const std::string text = read_file(file);
  return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
}

}  // namespace

WorkerProcess::WorkerProcess(boost::asio::io_context& io, WorkerJob job,
                             std::chrono::milliseconds timeout, const fs::path& log,
                             Callbacks callbacks)
    : io_(io),
      job_(std::move(job)),
      timeout_(timeout),
      log_(log),
      callbacks_(std::move(callbacks)),
      events_(io),
      lifeline_(io),
      clock_(io) {
  const PipeEnds events = make_pipe();
  const PipeEnds lifeline = make_pipe();
  job_.events = events.write_end;
  const int input = text_file(Json(job_).dump());
  fs::create_directories(log_.parent_path());
  const int output = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) {
    throw EnvironmentError(fmt::format("cannot write {}: {}", log_.string(), strerror(errno)));
  }
  // See sweep_logs(). Free again when neither this process nor the worker lives.
  log_lock_ = output;
  ::flock(output, LOCK_EX | LOCK_NB);
  pid_ = start(input, output, events.write_end, lifeline.write_end);
  if (pid_ < 0) throw EnvironmentError(fmt::format("vfork: {}", strerror(errno)));
  for (const int fd : {input, events.write_end, lifeline.write_end}) ::close(fd);
  events_.assign(events.read_end);
  lifeline_.assign(lifeline.read_end);
}

pid_t WorkerProcess::start(int input, int output, int events, int lifeline) const {
  const pid_t runner = ::getpid();
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // The runner's handlers are not for the child, which has them until they are reset below.
  ::sigprocmask(SIG_BLOCK, &all, &before);
  // Until it has become the worker's program, the child shares this process's memory, and must
  // change nothing in it. A fork would copy the page tables of all that the runner holds.
  const pid_t pid = ::vfork();
  if (pid != 0) {
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    return pid;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != runner) ::_exit(127);
  // A Ctrl-C on the terminal reaches the runner alone. Not a session of its own: Linux may share
  // the processor evenly among sessions (sched_autogroup), whatever the processes in them want.
  ::setpgid(0, 0);
  ::signal(SIGTTOU, SIG_IGN);  // --trace may write to the terminal
  if (job_.yields) ::setpriority(PRIO_PROCESS, 0, kYieldingNice);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD, SIGPIPE}) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  if (!job_.trace) ::dup2(output, STDERR_FILENO);
  inherit(events);
  inherit(lifeline);  // and so in every process the worker starts
  ::execl("/proc/self/exe", "noderig", "worker", nullptr);
  ::_exit(127);
}

WorkerProcess::~WorkerProcess() {
  ::close(log_lock_);
}

void WorkerProcess::listen() {
  read_line();
  watch_lifeline();
  start_clock();
}

void WorkerProcess::read_line() {
  boost::asio::async_read_until(
      events_, buffer_, '\n',
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
        if (error) {
          self->events_over_ = true;
          self->finish_when_over();
          return;
        }
        const auto* text = static_cast<const char*>(self->buffer_.data().data());
        const Json message = Json::parse(text, text + size);
        self->buffer_.consume(size);
        self->take(message);
        self->read_line();
      });
}

void WorkerProcess::take(const Json& message) {
  if (const auto step = message.find("step"); step != message.end()) {
    step_ = step->get<std::string>();
    steps_.push_back({.text = step_, .offset = elapsed()});
    callbacks_.step(step_);
  } else if (const auto warning = message.find("warning"); warning != message.end()) {
    callbacks_.warning(warning->get<std::string>());
  } else if (const auto scratch = message.find("scratch"); scratch != message.end()) {
    scratch_ = scratch->get<std::string>();
  } else if (const auto hang = message.find("hang"); hang != message.end()) {
    hang_ = hang->get<std::string>();
  } else if (const auto pause = message.find("pause"); pause != message.end()) {
    // The scenario's time stands still too.
    clock_.cancel();
    paused_ = std::chrono::steady_clock::now();
    callbacks_.paused(pause->get<std::string>());
  } else if (const auto crash = message.find("crash"); crash != message.end()) {
    crash_ = crash->get<std::string>();
  } else if (const auto result = message.find("result"); result != message.end()) {
    result_ = *result;
  }
}

void WorkerProcess::watch_lifeline() {
  // Nobody writes: the read ends when the last process that holds the other end has.
  boost::asio::async_read(
      lifeline_, boost::asio::buffer(&lifeline_byte_, 1),
      [self = shared_from_this()](const boost::system::error_code&, std::size_t) {
        self->lifeline_over_ = true;
        self->finish_when_over();
      });
}

void WorkerProcess::start_clock() {
  clock_.expires_after(timeout_);
  clock_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (error) return;
    self->timed_out_ = true;
    ::kill(self->pid_, SIGTERM);
    self->clock_.expires_after(
        std::chrono::duration_cast<std::chrono::milliseconds>(kGrace * self->job_.timeout_factor));
    self->clock_.async_wait([self](const boost::system::error_code& again) {
      if (again) return;
      self->note_main_thread();
      self->kill();
    });
  });
}

void WorkerProcess::resume() {
  end_pause(SIGUSR1);
}

void WorkerProcess::interrupt() {
  interrupted_ = true;
  if (paused_) return end_pause(SIGINT);
  if (!status_) ::kill(pid_, SIGINT);
}

void WorkerProcess::end_pause(int signal) {
  if (!paused_ || status_) return;
  begin_ += std::chrono::steady_clock::now() - *paused_;
  paused_.reset();
  start_clock();
  ::kill(pid_, signal);
}

// Notes what the main thread does of a worker that is about to be killed.
void WorkerProcess::note_main_thread() {
  for (const ThreadState& thread : threads_of(pid_)) {
    if (thread.main) main_thread_ = thread.state == 'R' ? "running" : "sleeping";
  }
}

void WorkerProcess::kill() {
  if (!status_) ::kill(pid_, SIGKILL);
}

void WorkerProcess::reaped(int status, const rusage& usage) {
  status_ = status;
  usage_ = usage;
  finish_when_over();
}

void WorkerProcess::finish_when_over() {
  if (!status_ || !events_over_ || !lifeline_over_) return;
  clock_.cancel();
  callbacks_.finished(verdict());
}

double WorkerProcess::elapsed() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

Execution WorkerProcess::verdict() const {
  Execution execution{.scenario = job_.scenario, .daemon = {}};
  execution.wall = elapsed();
  execution.steps = steps_;
  for (std::size_t i = 0; i < execution.steps.size(); ++i) {
    StepTime& step = execution.steps[i];
    const bool last = i + 1 == execution.steps.size();
    step.seconds = (last ? execution.wall : execution.steps[i + 1].offset) - step.offset;
  }
  if (!result_.is_null()) {
    const std::string verdict = result_.at("verdict");
    execution.verdict = verdict == "passed"    ? Verdict::Passed
                        : verdict == "skipped" ? Verdict::Skipped
                                               : Verdict::Failed;
    result_.at("reason").get_to(execution.reason);
    result_.at("assertions").get_to(execution.assertions);
    result_.at("subtests").get_to(execution.subtests);
    result_.at("nodes").get_to(execution.nodes);
    result_.at("rpc").get_to(execution.rpc);
    result_.at("messages").get_to(execution.messages);
    execution.tampering = result_.at("tampering");
    result_.at("bundle").get_to(execution.bundle);
    result_.at("rig_fault").get_to(execution.rig_fault);
    result_.at("peak_rss_bytes").get_to(execution.peak_rss_bytes);
  }
  // The worker has waited for its supervisor and that one for its daemons, so the kernel's figure
  // is that of all of them.
  execution.rig_cpu = seconds(usage_.ru_utime) + seconds(usage_.ru_stime) - execution.daemon_cpu();

  const auto fail = [&](const std::string& reason) {
    execution.verdict = Verdict::Failed;
    execution.reason = reason + (execution.reason.empty() ? "" : "\n" + execution.reason);
  };
  if (WIFSIGNALED(*status_)) {
    const int signal = WTERMSIG(*status_);
    const bool before_it_listened = interrupted_ && signal == SIGINT;
    fail(!crash_.empty() ? crash_
         : before_it_listened
             ? "interrupted by the user"
             : fmt::format("its worker was killed by signal {} ({})", signal, ::strsignal(signal)));
  } else if (result_.is_null() || WEXITSTATUS(*status_) != 0) {
    // With a verdict, it is a sanitizer that has something to say.
    execution.rig_fault = result_.is_null() && WEXITSTATUS(*status_) == kExitEnvironment;
    fail(fmt::format("its worker ended with status {}{}:\n{}", WEXITSTATUS(*status_),
                     result_.is_null() ? " and without a verdict" : "", end_of(log_)));
  }
  if (timed_out_) {
    std::string more;
    if (result_.is_null() && !hang_.empty()) more += "\n" + hang_;
    if (!main_thread_.empty()) {
      more += fmt::format("\nits waits were ended, and {:.0f} s later its main thread was still {}",
                          std::chrono::duration<double>(kGrace * job_.timeout_factor).count(),
                          main_thread_);
    }
    fail(fmt::format("it took longer than its {:.0f} s and hung at: {}{}",
                     std::chrono::duration<double>(timeout_).count(),
                     step_.empty() ? "its beginning" : step_, more));
  }
  // What had failed before it was to stop has failed.
  if (interrupted_ && execution.verdict == Verdict::Failed &&
      (result_.is_null() || result_.at("interrupted"))) {
    execution.verdict = Verdict::Interrupted;
  }
  // A worker that did not live to keep its directory leaves it to the runner.
  std::error_code error;
  const bool left = result_.is_null() && !scratch_.empty() && fs::exists(scratch_, error);
  if (left && job_.tamper) {
    fs::remove_all(scratch_, error);
  } else if (left) {
    try {
      keep_directory(scratch_, job_.bundle);
      execution.bundle = job_.bundle.string();
    } catch (const EnvironmentError& lost) {
      execution.reason += fmt::format("\n{}", lost.what());
    }
  }
  if (!execution.bundle.empty()) {
    describe_bundle(execution);
    fs::rename(log_, fs::path(execution.bundle) / "worker.log", error);
  } else {
    fs::remove(log_, error);
  }
  return execution;
}

void WorkerProcess::describe_bundle(const Execution& execution) const {
  BundleFacts facts{.run = job_.bundle.parent_path().filename().string(),
                    .scenario = job_.scenario,
                    .subtests = job_.subtests,
                    .flavour = job_.daemon.flavour,
                    .version = job_.daemon.version,
                    .path = job_.daemon.executable.string(),
                    .seed = job_.seed,
                    .command = job_.repeat_command,
                    .verdict = std::string(to_string(execution.verdict)),
                    .reason = execution.reason,
                    .step = step_,
                    .wall = execution.wall};
  for (const NodeUsage& node : execution.nodes) facts.nodes.push_back({node.name, node.arguments});
  try {
    write_bundle_facts(execution.bundle, facts);
  } catch (const EnvironmentError&) {
    // A disk that is full: what is there is worth more than what it is called.
  }
}

std::vector<pid_t> child_processes() {
  std::ifstream children(fmt::format("/proc/self/task/{}/children", ::getpid()));
  return {std::istream_iterator<pid_t>(children), {}};
}

void kill_orphans(const std::vector<pid_t>& keep) {
  for (const pid_t pid : child_processes()) {
    if (std::find(keep.begin(), keep.end(), pid) == keep.end()) ::kill(pid, SIGKILL);
  }
}

}  // namespace noderig
