// How a node starts and ends.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/asker.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/node.h>
#include <algorithm>
#include <csignal>

namespace noderig {
namespace fs = std::filesystem;
namespace {

// Bounds that only a machine in trouble reaches; multiplied by the timeout factor.
constexpr std::chrono::seconds kStartBound{60};
constexpr std::chrono::seconds kStopBound{60};
// How often another program may take the chosen ports before they are bound.
constexpr int kPortAttempts = 5;
// How soon a node that has loaded but does not answer is asked again.
constexpr std::chrono::milliseconds kRetry{20};

// In the daemon's own words. Throws Skipped when it lacks an option.
std::vector<std::string> translated(const DaemonProfile& profile,
                                    const std::vector<std::string>& arguments) {
  if (const std::string lacking = profile.lacks({}, arguments); !lacking.empty()) {
    throw Skipped(lacking);
  }
  const Flavour& flavour = flavour_named(profile.flavour);
  std::vector<std::string> taken;
  for (const std::string& argument : arguments) {
    if (std::string own = *flavour.argument(argument); !own.empty())
      taken.push_back(std::move(own));
  }
  return taken;
}

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(" \n\t\r") + 1);
  return text;
}

}  // namespace

Node::~Node() {
  if (!child_) return;
  if (running()) signal_end(Ending::Kill, SIGKILL);
  child_->wait(kStopBound);
}

void Node::set_arguments(std::vector<std::string> arguments) {
  translated(host_.profile, arguments);  // throws when the daemon lacks one
  settings_.arguments = std::move(arguments);
}

void Node::spawn(const std::vector<std::string>& arguments) {
  command_line_ = {host_.profile.executable.string()};
  const auto append = [this](const std::vector<std::string>& more) {
    command_line_.insert(command_line_.end(), more.begin(), more.end());
  };
  append(default_arguments(host_.profile));
  append(flavour_.place_arguments(host_.profile, place()));
  if (settings_.mocktime && host_.profile.can("option:mocktime")) {
    append({fmt::format("-mocktime={}", settings_.mocktime->time_since_epoch().count())});
  }
  append(arguments);

  std::error_code absent;
  fs::remove(network_directory() / ".cookie", absent);  // a killed run leaves one behind
  child_ = host_.supervisor.spawn({.argv = command_line_,
                                   .environment = flavour_.environment,
                                   .directory = directory_,
                                   .stdout_file = directory_ / "stdout.txt",
                                   .stderr_file = stderr_file_});
  // Until it is ready, an end is reported by await_ready(), with more to say about it.
  expected_ = std::make_shared<std::atomic<Ending>>(Ending::Any);
  host_.timeline.add(
      Timeline::Kind::Node, name(),
      fmt::format("started, pid {}: {}", child_->pid(), fmt::join(command_line_, " ")));
  child_->on_exit([name = name(), expected = expected_, log = log_, fault = host_.on_fault,
                   &timeline = host_.timeline](const ExitReport& exit) {
    timeline.add(Timeline::Kind::Node, name, exit.to_string());
    if (*expected == Ending::None && fault) fault(name + " " + exit.to_string() + " by itself");
    log->wake();
  });
}

void Node::start() {
  launch();
  await_ready();
}

void Node::launch() {
  if (running()) throw EnvironmentError(name() + " is running already");
  log_start_ = log_->mark();
  spawn(translated(host_.profile, settings_.arguments));
}

bool Node::answers() {
  const RigsOwnCalls own;
  try {
    rpc.call("getblockcount");
    return true;
  } catch (const rpc::RpcError& error) {
    if (error.code() != rpc::RpcErrorCode::RPC_IN_WARMUP) throw;
    return false;
  } catch (const rpc::TransportError&) {
    if (interrupted_) throw;
    return false;  // ended, or not listening yet; await_ready() finds out which
  }
}

bool Node::ready_or_ended() {
  if (!running()) return true;
  const std::string log = log_of_run();
  return std::ranges::all_of(flavour_.ready_lines,
                             [&](std::string_view line) { return log.find(line) != log.npos; });
}

void Node::await_ready() {
  const auto deadline = std::chrono::steady_clock::now() + bound(kStartBound);
  for (int attempt = 1; std::chrono::steady_clock::now() < deadline;) {
    wait([this] { return ready_or_ended(); }, "its start", kStartBound);
    if (running() && answers()) {
      if (settings_.mocktime && !host_.profile.can("option:mocktime")) {
        const RigsOwnCalls own;
        rpc("setmocktime", settings_.mocktime->time_since_epoch().count());
      }
      // From here on an end that nobody asked for is a fault.
      *expected_ = Ending::None;
      if (running()) {
        if (auto action = std::exchange(once_started_, nullptr)) action(*this);
        return;
      }
    }
    // Loaded and no answer yet: it warms up, or it is about to end.
    if (!wait([this] { return !running(); }, "its answer", kRetry)) continue;
    const ExitReport exit = *child_->exit_report();
    if (attempt++ < kPortAttempts && stderr_text().find(flavour_.port_taken) != std::string::npos) {
      fs::resize_file(stderr_file_, 0);
      choose_ports();
      launch();
      continue;
    }
    take_report(exit);
    fail_start(exit.to_string() + " while starting");
  }
  fail_start(fmt::format("was not ready after {} s", bound(kStartBound).count() / 1000));
}

void Node::fail_start(const std::string& what) const {
  const std::string said = trimmed(stderr_text());
  throw EnvironmentError(fmt::format(
      "{} {}; its standard error: {}\n  command: {}", name(), what,
      said.empty() ? fmt::format("(empty); the end of its log:\n{}", log_->tail(10)) : said,
      fmt::join(command_line_, " ")));
}

void Node::signal_end(Ending expected, int signal) {
  *expected_ = expected;
  host_.supervisor.signal(*child_, signal);
}

void Node::begin_stop() {
  const RigsOwnCalls own;
  if (!running()) return;
  if (!flavour_.stops_by_rpc) return signal_end(Ending::Stop, SIGTERM);
  *expected_ = Ending::Stop;
  try {
    rpc("stop");
  } catch (const std::runtime_error&) {
    if (running()) signal_end(Ending::Stop, SIGTERM);
  }
}

void Node::await_stopped() {
  if (!child_) return;
  const ExitReport exit = ended("it was asked to stop");
  if (exit.clean()) return;
  faults_.push_back(
      {NodeProblem::Kind::Status, account_of_end(exit) + " when it was asked to stop"});
}

void Node::stop() {
  begin_stop();
  await_stopped();
}

void Node::kill() {
  if (!running()) return;
  signal_end(Ending::Kill, SIGKILL);
  ended("it was killed");
}

void Node::restart() {
  stop();
  start();
}

void Node::restart(std::vector<std::string> arguments) {
  set_arguments(std::move(arguments));
  restart();
}

ExitReport Node::await_exit() {
  if (!child_) throw EnvironmentError(name() + " is not running");
  *expected_ = Ending::Any;
  return ended("its end was expected");
}

ExitReport Node::ended(std::string_view after) {
  if (!wait([this] { return !running(); }, fmt::format("its end, after {}", after), kStopBound)) {
    faults_.push_back(
        {NodeProblem::Kind::Status, fmt::format("{} was still running {} s after {}", name(),
                                                bound(kStopBound).count() / 1000, after)});
    host_.supervisor.signal(*child_, SIGKILL);
    child_->wait(kStopBound);
    throw EnvironmentError(faults_.back().text);
  }
  const ExitReport exit = *child_->exit_report();
  take_report(exit);
  return exit;
}

// Accounts for a run that is over; the node can be started again.
void Node::take_report(const ExitReport& exit) {
  child_->wait(kStopBound);  // its callback is done with what it refers to
  cpu_seconds_ += exit.cpu_seconds;
  peak_rss_bytes_ = std::max(peak_rss_bytes_, exit.peak_rss_bytes);
  child_.reset();
}

void Node::assert_start_fails(std::vector<std::string> arguments, std::string_view message,
                              Said how) {
  detail::count_assertion();
  if (running()) throw EnvironmentError(name() + " is running already");
  const auto before = fs::exists(stderr_file_) ? fs::file_size(stderr_file_) : 0;
  log_start_ = log_->mark();
  spawn(translated(host_.profile, arguments));
  const bool in_time =
      wait([this] { return ready_or_ended(); }, "its refusal to start", kStartBound);
  if (running()) {
    signal_end(Ending::Kill, SIGKILL);
    ended("it was killed");
    throw AssertionError(fmt::format("{} {} with {}, where a refusal with \"{}\" was expected",
                                     name(), in_time ? "started" : "was still starting",
                                     fmt::join(arguments, " "), message));
  }
  const ExitReport exit = ended("it was started to fail");
  const std::string said = read_file(stderr_file_, before);
  stderr_seen_ = fs::file_size(stderr_file_);
  const bool as_expected =
      how == Said::Alone ? trimmed(said) == message : said.find(message) != std::string::npos;
  if (exit.clean() || !as_expected) {
    throw AssertionError(fmt::format(
        "{} {} with {}; its standard error \"{}\", where \"{}\" and another status than 0 were "
        "expected",
        name(), exit.to_string(), fmt::join(arguments, " "), trimmed(said), message));
  }
}

void Node::allow_stderr(std::string text) {
  allowed_stderr_.push_back(std::move(text));
}

void start_all(const std::vector<Node*>& nodes) {
  for (Node* node : nodes) node->launch();
  for (Node* node : nodes) node->await_ready();
}

void stop_all(const std::vector<Node*>& nodes) {
  for (Node* node : nodes) node->begin_stop();
  for (Node* node : nodes) node->await_stopped();
}

}  // namespace noderig
