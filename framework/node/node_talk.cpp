// What is asked of a node, and what it is waited for.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/asker.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/node.h>
#include <algorithm>

namespace noderig {
namespace {

// A long poll holds one of the daemon's RPC threads even after its client is gone, so it is short.
constexpr std::chrono::milliseconds kLongPoll{1000};
// A node whose arguments silence its log is asked again after this long.
constexpr std::chrono::milliseconds kQuietNode{100};

}  // namespace

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
  const RigsOwnCalls own;
  if (host_.profile.can("rpc:syncwithvalidationinterfacequeue")) {
    rpc("syncwithvalidationinterfacequeue");
  }
}

void Node::wait_for_height(int height, std::chrono::milliseconds timeout,
                           std::source_location where) {
  const RigsOwnCalls own;
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
  const RigsOwnCalls own;
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
  const Polls polls;
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
