// What several of the framework's tests need around them: a directory, an environment variable and
// a process of their own. Each puts things back when it goes. One thread.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

namespace noderig {

// Far above what any of the waits takes; reaching it is a failure.
inline constexpr int kPatienceMs = 20'000;
inline constexpr std::chrono::milliseconds kPatience{kPatienceMs};

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "noderig-test.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = std::filesystem::canonical(name);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Writes a file of this directory and returns its path.
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

// Sets an environment variable, or unsets it.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    assign(value);
  }
  ~ScopedVariable() { assign(before_); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  void assign(const std::optional<std::string>& value) const {
    value ? ::setenv(name_, value->c_str(), 1) : ::unsetenv(name_);
  }

  const char* name_;
  std::optional<std::string> before_;
};

// A forked process that says one line and then does nothing until it is killed. Fork it before the
// test has a second thread. It dies with the test.
class ForkedProcess {
 public:
  // Says the line and stops for good.
  using Say = std::function<void(const std::string& line)>;

  // Runs `body` in the new process; what it made lives on while it is stopped in `Say`.
  explicit ForkedProcess(const std::function<void(const Say&)>& body) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      body([&](const std::string& line) {
        [[maybe_unused]] const auto written = ::write(ends[1], line.data(), line.size());
        ::close(ends[1]);
        while (true) ::pause();
      });
      ::_exit(1);
    }
    ::close(ends[1]);
    said_ = ends[0];
  }
  ~ForkedProcess() {
    kill();
    ::close(said_);
  }
  ForkedProcess(const ForkedProcess&) = delete;
  ForkedProcess& operator=(const ForkedProcess&) = delete;

  // The line; empty when the process ended without a word.
  std::string line() const {
    char text[1000];
    const ssize_t size = ::read(said_, text, sizeof text);
    return {text, static_cast<std::size_t>(size < 0 ? 0 : size)};
  }

  // SIGKILL; returns when the process is gone.
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
  int said_ = -1;
};

// Watches a process that need not be one's own child.
class ProcessWatch {
 public:
  explicit ProcessWatch(pid_t pid) : fd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~ProcessWatch() { ::close(fd_); }
  ProcessWatch(const ProcessWatch&) = delete;
  ProcessWatch& operator=(const ProcessWatch&) = delete;

  bool runs() const { return fd_ >= 0 && !ended_within(0); }
  bool ended_within(int milliseconds) const {
    pollfd ready{fd_, POLLIN, 0};
    return fd_ < 0 || ::poll(&ready, 1, milliseconds) == 1;
  }

 private:
  int fd_;  // negative: there is no such process
};

}  // namespace noderig
