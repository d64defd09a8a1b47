#include <fmt/format.h>
#include <noderig/framework/bundle/shortened_json.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/node.h>
#include <noderig/framework/prove/tampering.h>
#include <noderig/framework/traffic.h>
#include <sstream>

namespace noderig {
namespace fs = std::filesystem;
namespace {

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

bool Node::running() const {
  return child_ && !child_->exit_report();
}

std::string Node::p2p_address() const {
  return fmt::format("{}:{}", host(), p2p_port_);
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

}  // namespace noderig
