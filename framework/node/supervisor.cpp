#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/supervisor.h>
#include <noderig/framework/node/supervisor_process.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <deque>
#include <nlohmann/json.hpp>

namespace noderig {

using Json = nlohmann::json;

std::string ExitReport::to_string() const {
  if (signal != 0) return fmt::format("was killed by signal {} ({})", signal, ::strsignal(signal));
  return fmt::format("exited with status {}", status);
}

// ---------------------------------------------------------------------------------------- Child

struct Child::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<ExitReport> ending;
  std::optional<ExitReport> report;  // the same, once every callback has returned
  std::vector<std::function<void(const ExitReport&)>> callbacks;
};

std::shared_ptr<Child::State> Child::make_state() {
  return std::make_shared<State>();
}

std::optional<ExitReport> Child::exit_report() const {
  const std::lock_guard lock(state_->mutex);
  return state_->ending;
}

std::optional<ExitReport> Child::wait(std::chrono::milliseconds timeout) const {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, timeout, [this] { return state_->report.has_value(); });
  return state_->report;
}

void Child::on_exit(std::function<void(const ExitReport&)> callback) {
  std::unique_lock lock(state_->mutex);
  if (!state_->ending) {
    state_->callbacks.push_back(std::move(callback));
    return;
  }
  const ExitReport exit = *state_->ending;
  lock.unlock();
  callback(exit);
}

void Child::report(const ExitReport& exit) {
  std::vector<std::function<void(const ExitReport&)>> callbacks;
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = exit;
    callbacks.swap(state_->callbacks);
  }
  for (const auto& callback : callbacks) callback(exit);
  {
    const std::lock_guard lock(state_->mutex);
    state_->report = exit;
  }
  state_->changed.notify_all();
}

// ----------------------------------------------------------------------------------- Supervisor

// Of a child whose supervisor was killed: its death kills its children.
constexpr ExitReport kTakenAlong{.signal = SIGKILL};

// The worker's end of the socket: requests go out from any thread, replies and exit reports come in
// on the reading thread.
struct Supervisor::Link {
  int socket = -1;

  std::mutex request_mutex;  // one spawn at a time, so that replies need no number
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Json> replies;
  std::unordered_map<pid_t, std::shared_ptr<Child>> children;
  std::vector<std::pair<pid_t, ExitReport>> early;  // ended before spawn() had registered them
  bool closed = false;

  // Takes packets until the supervisor closes its end.
  void read_all() {
    std::vector<char> packet(detail::kSupervisorPacket);
    while (true) {
      const ssize_t size = ::recv(socket, packet.data(), packet.size(), 0);
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) break;
      take(Json::parse(packet.data(), packet.data() + size));
    }
    std::unordered_map<pid_t, std::shared_ptr<Child>> left;
    {
      const std::lock_guard lock(mutex);
      closed = true;
      left.swap(children);
      changed.notify_all();
    }
    for (const auto& [pid, child] : left) child->report(kTakenAlong);
  }

  void take(const Json& message) {
    const auto exited = message.find("exited");
    std::unique_lock lock(mutex);
    if (exited == message.end()) {
      replies.push_back(message);
      changed.notify_all();
      return;
    }
    const ExitReport exit{exited->at("status").get<int>(), exited->at("signal").get<int>(),
                          exited->at("cpu").get<double>(), exited->at("rss").get<std::int64_t>()};
    const auto pid = exited->at("pid").get<pid_t>();
    const auto known = children.find(pid);
    if (known == children.end()) {
      early.emplace_back(pid, exit);
      return;
    }
    const auto child = known->second;
    children.erase(known);
    lock.unlock();
    child->report(exit);
  }

  // False, with errno, when the supervisor has ended.
  bool send(const Json& message) {
    const std::string text = message.dump();
    return ::send(socket, text.data(), text.size(), MSG_NOSIGNAL) >= 0;
  }
};

Supervisor::Supervisor() : link_(std::make_unique<Link>()) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw EnvironmentError(fmt::format("socketpair: {}", strerror(errno)));
  }
  const int size = static_cast<int>(detail::kSupervisorPacket);
  ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw EnvironmentError(fmt::format("fork: {}", strerror(errno)));
  if (pid_ == 0) {
    ::close(ends[0]);
    detail::run_supervisor(ends[1], parent);
  }
  ::close(ends[1]);
  link_->socket = ends[0];
}

Supervisor::~Supervisor() {
  shut_down();
}

void Supervisor::listen() {
  reader_ = std::thread([link = link_.get()] { link->read_all(); });
  ::pthread_setname_np(reader_.native_handle(), "noderig-exits");
}

std::shared_ptr<Child> Supervisor::spawn(const SpawnRequest& request) {
  const std::lock_guard one_at_a_time(link_->request_mutex);
  const bool sent = link_->send({{"spawn",
                                  {{"argv", request.argv},
                                   {"environment", request.environment},
                                   {"directory", request.directory.string()},
                                   {"stdout", request.stdout_file.string()},
                                   {"stderr", request.stderr_file.string()}}}});
  if (!sent) {
    throw EnvironmentError(fmt::format("the supervisor cannot be reached: {}", strerror(errno)));
  }
  std::unique_lock lock(link_->mutex);
  link_->changed.wait(lock, [this] { return !link_->replies.empty() || link_->closed; });
  if (link_->replies.empty()) throw EnvironmentError("the supervisor has ended");
  const Json reply = std::move(link_->replies.front());
  link_->replies.pop_front();
  if (const auto failed = reply.find("failed"); failed != reply.end()) {
    throw EnvironmentError(
        fmt::format("cannot run {}: {}", request.argv.front(), failed->get<std::string>()));
  }
  auto child = std::make_shared<Child>(reply.at("spawned").at("pid").get<pid_t>());
  const auto ended = std::find_if(link_->early.begin(), link_->early.end(),
                                  [&](const auto& one) { return one.first == child->pid(); });
  if (ended == link_->early.end() && !link_->closed) {
    link_->children.emplace(child->pid(), child);
    return child;
  }
  ExitReport exit = kTakenAlong;
  if (ended != link_->early.end()) {
    exit = ended->second;
    link_->early.erase(ended);
  }
  lock.unlock();
  child->report(exit);
  return child;
}

void Supervisor::signal(const Child& child, int signal) {
  // Without a supervisor there is no child either.
  link_->send({{"signal", {{"pid", child.pid()}, {"signal", signal}}}});
}

void Supervisor::shut_down() {
  if (pid_ < 0) return;
  // Closing one direction is enough: the reports of what it kills still come back.
  ::shutdown(link_->socket, SHUT_WR);
  if (reader_.joinable()) reader_.join();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  ::close(link_->socket);
}

}  // namespace noderig
