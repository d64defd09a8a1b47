#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <noderig/framework/node/exec_arguments.h>
#include <noderig/framework/node/supervisor_process.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace noderig::detail {
namespace {

using Json = nlohmann::json;

void send_packet(int socket, const Json& message) {
  const std::string text = message.dump();
  // A worker that is gone needs no report: the closed socket ends this process next.
  while (::send(socket, text.data(), text.size(), MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

// Spares daemons the wait for the disk: from here on fsync and fdatasync succeed at once and do
// nothing, in this process and in whatever it becomes or starts. Daemons sync many times at each
// start, stop and new wallet, to survive a crash of the machine; a test needs no more than what
// survives kill -9, and that is all that was written, synced or not. Where the kernel has no such
// filters, or the machine is another, nothing changes.
void skip_disk_syncs() {
#if defined(__x86_64__) || defined(__aarch64__)
#if defined(__x86_64__)
  constexpr unsigned kMachine = AUDIT_ARCH_X86_64;
#else
  constexpr unsigned kMachine = AUDIT_ARCH_AARCH64;
#endif
  // The two numbers behind each condition: how many instructions to skip if it holds, and if not.
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kMachine, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),  // not made, and the call returns 0
  };
  const sock_fprog filter{sizeof program / sizeof program[0], program};
  // The kernel's condition for filters of anybody but root. A program that takes another user's
  // rights would be out of the supervisor's reach anyhow.
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  // Older kernels otherwise slow down whatever has a filter, for what only hostile code can do.
  ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter);
#endif
}

// Runs in the forked child. Reports a failure as an errno through `error_pipe`. Not a vfork, which
// would take less: the supervisor has to notice the end of its worker while the child opens files
// on a disk that takes its time.
[[noreturn]] void become(const Json& request, pid_t supervisor, int error_pipe,
                         const sigset_t& mask) {
  const auto give_up = [error_pipe] {
    const int error = errno;
    [[maybe_unused]] const auto written = ::write(error_pipe, &error, sizeof error);
    ::_exit(127);
  };
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) ::_exit(127);  // it died before the signal was set
  ::setpgid(0, 0);
  ::signal(SIGINT, SIG_DFL);  // what is ignored stays so across an exec
  ::signal(SIGTERM, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);

  const auto open_as = [&](const std::string& path, int flags, int target) {
    const int fd = ::open(path.c_str(), flags, 0600);
    if (fd < 0 || ::dup2(fd, target) < 0) give_up();
    if (fd != target) ::close(fd);
  };
  const auto output = O_WRONLY | O_CREAT | O_APPEND;
  open_as("/dev/null", O_RDONLY, STDIN_FILENO);
  open_as(request.at("stdout").get<std::string>(), output, STDOUT_FILENO);
  open_as(request.at("stderr").get<std::string>(), output, STDERR_FILENO);
  if (::chdir(request.at("directory").get<std::string>().c_str()) != 0) give_up();

  const auto argv = request.at("argv").get<std::vector<std::string>>();
  const auto environment =
      merged_environment(request.at("environment").get<std::vector<std::string>>());
  skip_disk_syncs();
  ::execve(argv.front().c_str(), null_terminated(argv).data(), null_terminated(environment).data());
  give_up();
  ::_exit(127);
}

// Waits until the child has become its program, or has said why not. On a slow disk that takes its
// time: should the worker at the other end of `socket` go meanwhile, the child goes too.
void await_start(pid_t child, int error_pipe, int socket) {
  pollfd first[] = {{error_pipe, POLLIN, 0}, {socket, POLLRDHUP, 0}};
  while (::poll(first, 2, -1) < 0 && errno == EINTR) {
  }
  if (first[0].revents == 0) ::kill(child, SIGKILL);
}

Json spawn(const Json& request, int socket, const sigset_t& mask) {
  int error_pipe[2];
  if (::pipe2(error_pipe, O_CLOEXEC) != 0) {
    return {{"failed", std::string("pipe: ") + std::strerror(errno)}};
  }
  const pid_t supervisor = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become(request, supervisor, error_pipe[1], mask);
  ::close(error_pipe[1]);
  if (pid > 0) await_start(pid, error_pipe[0], socket);
  Json reply;
  int error = 0;
  if (pid < 0) {
    reply = {{"failed", std::string("fork: ") + std::strerror(errno)}};
  } else if (::read(error_pipe[0], &error, sizeof error) == sizeof error) {
    ::waitpid(pid, nullptr, 0);
    reply = {{"failed", std::strerror(error)}};
  } else {
    reply = {{"spawned", {{"pid", pid}}}};
  }
  ::close(error_pipe[0]);
  return reply;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

class Reaper {
 public:
  explicit Reaper(int socket) : socket_(socket) {}

  void add(pid_t pid) { running_.insert(pid); }
  bool has(pid_t pid) const { return running_.contains(pid); }

  // Reports every child that has ended.
  void reap() {
    while (reap_one(false)) {
    }
  }

  // Kills every child with its group, and what they leave to this process when they end: also a
  // process that left its group and session for good. Returns when none is left.
  void end_all() {
    while (true) {
      for (const pid_t pid : running_) ::kill(-pid, SIGKILL);
      std::ifstream children("/proc/self/task/" + std::to_string(::getpid()) + "/children");
      for (pid_t pid = 0; children >> pid;) ::kill(pid, SIGKILL);
      if (!reap_one(true)) return;
    }
  }

 private:
  // Takes the end of one child and reports it; false when none has ended or, with `wait`, when
  // there is none.
  bool reap_one(bool wait) {
    siginfo_t ended{};
    const int flags = WEXITED | WNOWAIT | (wait ? 0 : WNOHANG);
    while (::waitid(P_ALL, 0, &ended, flags) < 0) {
      if (errno != EINTR) return false;
    }
    const pid_t pid = ended.si_pid;
    if (pid == 0) return false;
    // What it forked and left behind goes with it. Until it is reaped the group's number is its.
    if (has(pid)) ::kill(-pid, SIGKILL);
    int status = 0;
    rusage usage{};
    ::wait4(pid, &status, 0, &usage);
    if (running_.erase(pid) == 0) return true;  // a grandchild that this process adopted
    send_packet(socket_, {{"exited",
                           {{"pid", pid},
                            {"status", WIFEXITED(status) ? WEXITSTATUS(status) : 0},
                            {"signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0},
                            {"cpu", seconds(usage.ru_utime) + seconds(usage.ru_stime)},
                            {"rss", std::int64_t{usage.ru_maxrss} * 1024}}}});
    return true;
  }

  int socket_;
  std::set<pid_t> running_;
};

}  // namespace

void run_supervisor(int socket, pid_t parent) {
  // Its worker's death closes the socket, and is told by SIGTERM should something else hold that
  // open. It is not killed with the worker: it has to end what its children have detached.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(0);
  ::prctl(PR_SET_NAME, "noderig-sup");
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);

  // A Ctrl-C on the terminal is the runner's to handle: here the closed socket says it is over.
  ::signal(SIGINT, SIG_IGN);
  sigset_t awaited;
  sigset_t original;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGCHLD);
  sigaddset(&awaited, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &awaited, &original);
  // A run notes these instead of ending by them; daemons end.
  sigdelset(&original, SIGINT);
  sigdelset(&original, SIGTERM);
  const int signals = ::signalfd(-1, &awaited, SFD_CLOEXEC | SFD_NONBLOCK);

  Reaper reaper(socket);
  std::vector<char> packet(kSupervisorPacket);
  for (;;) {
    pollfd ready[] = {{socket, POLLIN, 0}, {signals, POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0 && errno != EINTR) break;
    if (ready[1].revents != 0) {
      signalfd_siginfo info;
      while (::read(signals, &info, sizeof info) > 0) {
      }
      if (::getppid() != parent) break;
      reaper.reap();
    }
    if (ready[0].revents == 0) continue;
    const ssize_t size = ::recv(socket, packet.data(), packet.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    const Json message = Json::parse(packet.data(), packet.data() + size);
    if (const auto request = message.find("spawn"); request != message.end()) {
      const Json reply = spawn(*request, socket, original);
      if (reply.contains("spawned")) reaper.add(reply["spawned"]["pid"].get<pid_t>());
      send_packet(socket, reply);
    } else if (const auto order = message.find("signal"); order != message.end()) {
      // The pid is still the child's: nothing but this loop reaps it.
      const auto pid = order->at("pid").get<pid_t>();
      if (reaper.has(pid)) ::kill(pid, order->at("signal").get<int>());
    }
  }
  reaper.end_all();
  ::_exit(0);
}

}  // namespace noderig::detail
