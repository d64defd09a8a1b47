#include <impact/record/process_pool.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace noderig::impact {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kCannotStart = 127;

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const std::string& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

// In the child: becomes the program, or ends with kCannotStart.
[[noreturn]] void become(const Launch& launch, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kCannotStart);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  const char* const output = launch.output.empty() ? "/dev/null" : launch.output.c_str();
  const int out = ::open(output, O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  if (!launch.directory.empty() && ::chdir(launch.directory.c_str()) != 0) {
    ::_exit(kCannotStart);
  }
  for (const std::string& variable : launch.environment) {
    ::putenv(const_cast<char*>(variable.c_str()));
  }
  ::execvp(launch.argv.front().c_str(), pointers(launch.argv).data());
  ::_exit(kCannotStart);
}

pid_t start(const Launch& launch) {
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw EnvironmentError(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (pid == 0) become(launch, parent);
  ::setpgid(pid, pid);  // whichever of the two is first
  return pid;
}

}  // namespace

struct ProcessPool::Running {
  std::size_t number;
  pid_t pid;
  int descriptor;  // readable when it has ended
  Clock::time_point begin;
  Clock::time_point deadline;
  bool timed_out = false;

  // Reaps it, after killing what it left in its group.
  LaunchEnd end() const {
    const std::chrono::duration<double> seconds = Clock::now() - begin;
    ::kill(-pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    ::close(descriptor);
    return {.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
            .timed_out = timed_out,
            .seconds = seconds};
  }
};

void ProcessPool::kill_all(std::vector<Running>& running) {
  for (const Running& one : running) ::kill(-one.pid, SIGKILL);
  for (const Running& one : running) one.end();
  running.clear();
}

bool ProcessPool::run(const Next& next, const Ended& ended) {
  std::vector<Running> running;
  bool more = true;
  while (true) {
    while (more && running.size() < static_cast<std::size_t>(jobs_) && !interruption_.pending()) {
      const auto launch = next();
      more = launch.has_value();
      if (!more) break;
      const pid_t pid = start(launch->second);
      const auto now = Clock::now();
      running.push_back({.number = launch->first,
                         .pid = pid,
                         .descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)),
                         .begin = now,
                         .deadline = now + launch->second.timeout});
    }
    if (interruption_.pending()) {
      kill_all(running);
      return false;
    }
    if (running.empty()) return true;

    std::vector<pollfd> watched{{interruption_.descriptor(), POLLIN, 0}};
    auto deadline = Clock::time_point::max();
    for (const Running& one : running) {
      watched.push_back({one.descriptor, POLLIN, 0});
      deadline = std::min(deadline, one.deadline);
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    ::poll(watched.data(), watched.size(),
           static_cast<int>(std::max<std::int64_t>(wait.count(), 0)));
    for (std::size_t i = running.size(); i-- > 0;) {
      Running& one = running[i];
      const bool at_end = (watched[i + 1].revents & POLLIN) != 0;
      one.timed_out = !at_end && Clock::now() >= one.deadline;
      if (!at_end && !one.timed_out) continue;
      const Running gone = one;
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
      ended(gone.number, gone.end());
    }
  }
}

}  // namespace noderig::impact
