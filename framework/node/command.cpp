#include <noderig/framework/node/command.h>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/exec_arguments.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace noderig {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMaxOutput = 16 * 1024 * 1024;

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
      throw EnvironmentError(fmt::format("cannot create a pipe: {}", std::strerror(errno)));
    }
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_write() { close_end(1); }

 private:
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) ::close(std::exchange(ends_[end], -1));
  }

  std::array<int, 2> ends_{-1, -1};
};

// What posix_spawn needs, freed at the end. The child starts with no signal blocked or ignored,
// whatever the caller does with them.
class SpawnSetup {
 public:
  SpawnSetup(int out, int err) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    sigset_t reset = none;
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&reset, signal);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &reset);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

// Reads what is there into `sink`; false when the other end is closed.
bool drain(int fd, std::string& sink) {
  std::array<char, 16384> buffer;
  const ssize_t size = ::read(fd, buffer.data(), buffer.size());
  if (size < 0) return errno == EINTR || errno == EAGAIN;
  const std::size_t room = kMaxOutput - std::min(sink.size(), kMaxOutput);
  sink.append(buffer.data(), std::min(static_cast<std::size_t>(size), room));
  return size > 0;
}

// Collects both outputs until the process has ended; false when the deadline comes first. It is the
// process that counts, not its pipes: a grandchild in the background may hold those for ever.
bool collect(const Pipe& out, const Pipe& err, int process, CommandResult& result,
             SteadyClock::time_point deadline) {
  std::array<pollfd, 3> watched{pollfd{out.read_end(), POLLIN, 0},
                                pollfd{err.read_end(), POLLIN, 0}, pollfd{process, POLLIN, 0}};
  bool ended = false;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
    if (left.count() <= 0) return ended;
    const int ready =
        ::poll(watched.data(), watched.size(), ended ? 0 : static_cast<int>(left.count()));
    if (ended && ready <= 0) return true;
    if (ready <= 0) continue;
    if (watched[0].revents != 0 && !drain(watched[0].fd, result.out)) watched[0].fd = -1;
    if (watched[1].revents != 0 && !drain(watched[1].fd, result.err)) watched[1].fd = -1;
    if (watched[2].revents != 0) {
      ended = true;
      watched[2].fd = -1;
    }
  }
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) {
      throw EnvironmentError(
          fmt::format("cannot wait for process {}: {}", pid, std::strerror(errno)));
    }
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

CommandResult run_command(const std::vector<std::string>& argv, const CommandOptions& options) {
  const SteadyClock::time_point deadline = SteadyClock::now() + options.timeout;
  Pipe out;
  Pipe err;
  const SpawnSetup setup(out.write_end(), err.write_end());
  const std::vector<std::string> environment = detail::merged_environment(options.environment);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, argv.at(0).c_str(), &setup.actions, &setup.attributes,
                                   detail::null_terminated(argv).data(),
                                   detail::null_terminated(environment).data());
  if (error != 0) {
    throw EnvironmentError(fmt::format("cannot run {}: {}", argv[0], std::strerror(error)));
  }
  out.close_write();
  err.close_write();

  CommandResult result;
  // By number: the header that declares it does not do so for C++ before glibc 2.37.
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  const bool ended = process >= 0 && collect(out, err, process, result, deadline);
  if (process >= 0) ::close(process);
  if (!ended) ::kill(pid, SIGKILL);
  result.status = wait_for(pid);
  if (!ended) {
    throw EnvironmentError(fmt::format("{} did not end within {} and was killed",
                                       quote_command(argv), options.timeout));
  }
  return result;
}

std::string quote_command(const std::vector<std::string>& argv) {
  std::string line;
  for (const std::string& word : argv) {
    if (!line.empty()) line += ' ';
    const bool plain = !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
      return std::isalnum(c) != 0 ||
             std::string_view("%+,-./:=@_").find(c) != std::string_view::npos;
    });
    if (plain) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

std::string_view last_lines(std::string_view text, std::size_t lines) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  std::size_t start = text.size() + 1;  // behind the line break that the last line may lack
  for (; lines > 0 && start > 1; --lines) {
    const std::size_t line_break = text.rfind('\n', start - 2);
    start = line_break == std::string_view::npos ? 0 : line_break + 1;
  }
  return text.substr(std::min(start, text.size()));
}

}  // namespace noderig
