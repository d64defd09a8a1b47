#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/runner/interruption.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace noderig {
namespace {

sigset_t wishes() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  // The terminal is gone. Who started this by nohup wants it to go on then.
  struct sigaction hangup {};
  ::sigaction(SIGHUP, nullptr, &hangup);
  if (hangup.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

Interruption::Interruption() {
  const sigset_t set = wishes();
  signals_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (signals_ < 0) throw EnvironmentError(fmt::format("signalfd: {}", strerror(errno)));
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

Interruption::~Interruption() {
  while (take()) {
  }
  const sigset_t set = wishes();
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
  ::close(signals_);
}

bool Interruption::pending() const {
  pollfd readable{signals_, POLLIN, 0};
  return ::poll(&readable, 1, 0) == 1;
}

bool Interruption::take() {
  signalfd_siginfo info{};
  return ::read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info);
}

}  // namespace noderig
