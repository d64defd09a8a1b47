#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/bundle/shortened_json.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/node.h>
#include <noderig/framework/prove/tampering.h>
#include <noderig/framework/traffic.h>
#include <csignal>
#include <sstream>

namespace noderig {
namespace fs = std::filesystem;
namespace {

// Bounds that only a machine in trouble reaches; multiplied by the timeout factor.
constexpr std::chrono::seconds kStartBound{60};
constexpr std::chrono::seconds kStopBound{60};
// A long poll holds one of the daemon's RPC threads even after its client is gone, so it is short.
constexpr std::chrono::milliseconds kLongPoll{1000};
// How often another program may take the chosen ports before they are bound.
constexpr int kPortAttempts = 5;
// How soon a node that has loaded but does not answer is asked again.
constexpr std::chrono::milliseconds kRetry{20};
// A node whose arguments silence its log is asked again after this long.
constexpr std::chrono::milliseconds kQuietNode{100};

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

// How much of a call's arguments and of its result is recorded.
constexpr std::size_t kRecorded = 2000;

void record_call(Timeline& timeline, const rpc::CallRecord& call) {
  const std::string method =
      (call.wallet ? "[" + *call.wallet + "] " : "") + std::string(call.method);
  const std::string params = shortened(call.params, kRecorded);
  const std::string reply = call.result ? shortened(*call.result, kRecorded)
                                        : std::string(call.error.substr(0, kRecorded));
  timeline.add({.kind = Timeline::Kind::Rpc,
                .source = call.node,
                .name = method,
                .text = params,
                .reply = reply,
                .duration = call.duration,
                .failed = call.result == nullptr});
}

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(" \n\t\r") + 1);
  return text;
}

}  // namespace

Node::Node(NodeHost& host, NodeSettings settings)
    : rpc(host.io, {}),
      host_(host),
      flavour_(flavour_named(host.profile.flavour)),
      settings_(std::move(settings)),
      directory_(host.directory / settings_.name),
      stderr_file_(directory_ / "stderr.txt") {
  set_arguments(std::move(settings_.arguments));
  fs::create_directories(network_directory());
  log_ = std::make_shared<LogFile>(network_directory() / "debug.log");
  choose_ports();
}

Node::~Node() {
  if (!child_) return;
  if (running()) signal_end(Ending::Kill, SIGKILL);
  child_->wait(kStopBound);
}

NodePlace Node::place() const {
  return {
      .data_directory = directory_, .host = host(), .p2p_port = p2p_port_, .rpc_port = rpc_port_};
}

rpc::ClientOptions Node::client_options() const {
  return {
      .node = name(),
      .host = host(),
      .port = rpc_port_,
      .auth = flavour_.auth(place()),
      .wallet = {},
      .timeout = bound(std::chrono::seconds(60)),
      .on_wait = [&waits = host_.waits](std::string what) { return waits.enter(std::move(what)); },
      .trace =
          [&timeline = host_.timeline, traffic = host_.traffic](const rpc::CallRecord& call) {
            if (traffic != nullptr) traffic->count(call);
            record_call(timeline, call);
          },
      .filter = host_.tampering ? host_.tampering->reply_filter(name()) : nullptr};
}

void Node::choose_ports() {
  p2p_port_ = host_.address.free_port();
  rpc_port_ = host_.address.free_port();
  rpc = rpc::Client(host_.io, client_options());
}

std::chrono::milliseconds Node::bound(std::chrono::milliseconds timeout) const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(timeout * host_.timeout_factor);
}

std::shared_ptr<void> Node::enter_wait(std::string_view what) const {
  return host_.waits.enter(fmt::format("{}: waits {}", name(), what));
}

bool Node::wait(const std::function<bool()>& done, std::string_view what,
                std::chrono::milliseconds timeout) const {
  const auto mark = enter_wait(fmt::format("for {}", what));
  const auto done_or_interrupted = [&] { return interrupted_ || done(); };
  const bool in_time = log_->wait_until(done_or_interrupted, bound(timeout));
  if (interrupted_) throw EnvironmentError(interrupt_reason_);
  return in_time;
}

void Node::interrupt(const std::string& reason) {
  if (!interrupted_) {
    interrupt_reason_ = reason;
    interrupted_ = true;
  }
  rpc.interrupt(reason);
  log_->wake();
}

// ------------------------------------------------------------------------------------- Its life

bool Node::running() const {
  return child_ && !child_->exit_report();
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
  const prove::RigsOwnCalls own;
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
  return !running() || log_->since(log_start_).find(flavour_.ready_line) != std::string::npos;
}

void Node::await_ready() {
  const auto deadline = std::chrono::steady_clock::now() + bound(kStartBound);
  for (int attempt = 1; std::chrono::steady_clock::now() < deadline;) {
    wait([this] { return ready_or_ended(); }, "its start", kStartBound);
    if (running() && answers()) {
      if (settings_.mocktime && !host_.profile.can("option:mocktime")) {
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
  const prove::RigsOwnCalls own;
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

void Node::assert_start_fails(std::vector<std::string> arguments, std::string_view message) {
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
  if (exit.clean() || said.find(message) == std::string::npos) {
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

// -------------------------------------------------------------------------------- Talking to it

int Node::height() const {
  return rpc("getblockcount").get<int>();
}

Uint256 Node::tip() const {
  return hash_of(rpc("getbestblockhash"));
}

std::string Node::submit(const p2p::Block& block) const {
  const Json answer = rpc("submitblock", block);
  if (answer.is_null()) return {};
  const auto reason = answer.get<std::string>();
  return reason.substr(
      reason.starts_with(flavour_.rejection_prefix) ? flavour_.rejection_prefix.size() : 0);
}

void Node::finish_validation() const {
  const prove::RigsOwnCalls own;
  if (host_.profile.can("rpc:syncwithvalidationinterfacequeue")) {
    rpc("syncwithvalidationinterfacequeue");
  }
}

void Node::wait_for_height(int height, std::chrono::milliseconds timeout,
                           std::source_location where) {
  const prove::RigsOwnCalls own;
  if (!host_.profile.can("rpc:waitforblockheight")) {
    wait_until([&] { return this->height() >= height; }, fmt::format("its height is {}", height),
               timeout, where);
    return finish_validation();
  }
  const auto mark = enter_wait(fmt::format("for height {}", height));
  const auto begin = std::chrono::steady_clock::now();
  int reached = -1;
  do {
    reached = rpc("waitforblockheight", height, kLongPoll.count()).at("height").get<int>();
    if (reached >= height) return finish_validation();
  } while (std::chrono::steady_clock::now() - begin < bound(timeout));
  detail::fail_raises(where, fmt::format("{} waited {} s for height {}; its height is {}", name(),
                                         bound(timeout).count() / 1000, height, reached));
}

void Node::wait_for_tip(const Uint256& hash, std::chrono::milliseconds timeout,
                        std::source_location where) {
  const prove::RigsOwnCalls own;
  if (!host_.profile.can("rpc:waitforblock")) {
    wait_until([&] { return tip() == hash; }, "its tip is " + hash.to_string(), timeout, where);
    return finish_validation();
  }
  const auto mark = enter_wait("for tip " + hash.to_string());
  const auto begin = std::chrono::steady_clock::now();
  Json reached;
  do {
    reached = rpc("waitforblock", hash, kLongPoll.count());
    if (hash_of(reached.at("hash")) == hash) return finish_validation();
  } while (std::chrono::steady_clock::now() - begin < bound(timeout));
  detail::fail_raises(where,
                      fmt::format("{} waited {} s for tip {}; its tip is {}", name(),
                                  bound(timeout).count() / 1000, hash.to_string(), reached.dump()));
}

void Node::set_mocktime(std::chrono::sys_seconds time) {
  settings_.mocktime = time;
  if (running()) rpc("setmocktime", time.time_since_epoch().count());
}

void Node::advance_mocktime(std::chrono::seconds by) {
  if (!settings_.mocktime) throw std::logic_error(name() + " has real time (.clock = Clock::Real)");
  set_mocktime(*settings_.mocktime + by);
}

void Node::wait_until(const std::function<bool()>& done, std::string_view what,
                      std::chrono::milliseconds timeout, std::source_location where) const {
  const auto waiting = enter_wait(fmt::format("until {}", what));
  const prove::RigsOwnCalls own;
  const auto end = std::chrono::steady_clock::now() + bound(timeout);
  while (true) {
    // Before asking, so that nothing falls between the question and the wait.
    const std::uint64_t mark = log_->mark();
    if (done()) return;
    if (std::chrono::steady_clock::now() >= end) break;
    // Calls log too, on other threads; they would make this a busy loop.
    const auto active = [&] {
      const std::string text = log_->since(mark);
      return !running() ||
             std::ranges::any_of(flavour_.activity_in_log, [&](std::string_view sign) {
               return text.find(sign) != std::string::npos;
             });
    };
    log_->wait_until([&] { return interrupted_ || active(); }, kQuietNode);
    if (interrupted_) throw EnvironmentError(interrupt_reason_);
    if (!running()) throw EnvironmentError(fmt::format("{} ended before {}", name(), what));
  }
  detail::fail_raises(
      where, fmt::format("{} waited {} s until {}", name(), bound(timeout).count() / 1000, what));
}

std::string Node::cli_command() const {
  return flavour_.cli_command(host_.profile, place());
}

std::optional<pid_t> Node::pid() const {
  if (!running()) return std::nullopt;
  return child_->pid();
}

// ------------------------------------------------------------------------------------ Its faults

std::string Node::stderr_text() const {
  return read_file(stderr_file_, stderr_seen_);
}

std::string Node::account_of_end(const ExitReport& exit) const {
  return fmt::format("{} {}", name(), exit.to_string());
}

std::vector<NodeProblem> Node::problems() const {
  using Kind = NodeProblem::Kind;
  std::vector<NodeProblem> found = faults_;
  if (child_ && *expected_ == Ending::None) {
    if (const auto exit = child_->exit_report()) {
      found.push_back({Kind::End, account_of_end(*exit) + " by itself"});
    }
  }
  std::istringstream lines(stderr_text());
  for (std::string line; std::getline(lines, line);) {
    const auto held = [&](std::string_view text) { return line.find(text) != std::string::npos; };
    const bool allowed = line.empty() || std::ranges::any_of(flavour_.harmless_stderr, held) ||
                         std::ranges::any_of(allowed_stderr_, held);
    if (allowed) continue;
    found.push_back(
        {Kind::StandardError, fmt::format("{} wrote to its standard error: {}", name(), line)});
    break;
  }
  const std::string log = log_->since(0);
  for (const std::string_view sign : flavour_.fault_signs_in_log) {
    const auto at = log.find(sign);
    if (at == std::string::npos) continue;
    const auto begin = log.rfind('\n', at) + 1;
    found.push_back({Kind::Log, fmt::format("{} logged: {}", name(),
                                            log.substr(begin, log.find('\n', at) - begin))});
  }
  return found;
}

void assert_in_log(const Node& node, const std::vector<std::string>& expected,
                   const std::function<void()>& action, const std::vector<std::string>& unexpected,
                   std::chrono::milliseconds timeout) {
  detail::count_assertion();
  const auto begin = node.log().mark();
  action();
  std::string text;
  std::vector<std::string> missing;
  node.wait(
      [&] {
        text = node.log().since(begin);
        missing = missing_lines(text, expected);
        return missing.empty();
      },
      fmt::format("\"{}\" in its log", fmt::join(expected, "\", \"")), timeout);
  if (!missing.empty()) {
    throw AssertionError(fmt::format("{} did not log \"{}\"; it logged:\n{}", node.name(),
                                     fmt::join(missing, "\" nor \""), node.log().tail(20)));
  }
  for (const std::string& line : unexpected) {
    if (text.find(line) == std::string::npos) continue;
    throw AssertionError(
        fmt::format("{} logged \"{}\", which was to stay away", node.name(), line));
  }
}

}  // namespace noderig
