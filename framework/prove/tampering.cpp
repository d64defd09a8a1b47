#include <fmt/format.h>
#include <noderig/framework/asker.h>
#include <noderig/framework/prove/tampering.h>
#include <noderig/p2p/messages/registry.h>

namespace noderig::prove {
namespace {

// How many of the bits of one message are tried.
constexpr int kDraws = 3;

}  // namespace

// One peer's messages. Its own state is guarded by the Tampering's mutex.
class Tampering::MessageFilter : public p2p::InboundFilter {
 public:
  MessageFilter(Tampering& tampering, std::string peer)
      : tampering_(tampering), peer_(std::move(peer)) {}

  int arrives(std::size_t position, p2p::RawMessage& message) override {
    const std::lock_guard lock(tampering_.mutex_);
    const int nth = ++came_[message.command];
    const Order& order = tampering_.order_;
    if (order.mode == Order::Mode::Record) unread_[position] = {message.command, nth};
    if (order.mode != Order::Mode::Tamper || !of_message(order.point.change)) return 1;
    const Point& point = order.point;
    if (point.source != peer_ || point.name != message.command || point.nth != nth) return 1;
    std::string& done = tampering_.done_;
    const std::string text = p2p::describe_message(message.command, message.payload);
    switch (point.change) {
      case Change::Lose:
        done = text + " -> nothing";
        return 0;
      case Change::Repeat:
        done = text + " -> twice";
        return 2;
      default:
        done = flip_bit(message, tampering_.random_).value_or("");
        return 1;
    }
  }

  void read(std::size_t position) override {
    const std::lock_guard lock(tampering_.mutex_);
    const auto found = unread_.find(position);
    if (found == unread_.end()) return;
    Point point{.step = tampering_.step_,
                .source = peer_,
                .name = found->second.first,
                .nth = found->second.second};
    unread_.erase(found);
    for (const Change change : {Change::Lose, Change::Repeat}) {
      point.change = change;
      tampering_.record(point);
    }
    point.change = Change::AlterBit;
    for (int draw = 0; draw < kDraws; ++draw) {
      point.path = std::to_string(draw);
      tampering_.record(point);
    }
  }

 private:
  Tampering& tampering_;
  const std::string peer_;
  std::map<std::string, int> came_;                            // how many of each command
  std::map<std::size_t, std::pair<std::string, int>> unread_;  // by position: command, nth
};

Tampering::Tampering(Order order)
    : order_(std::move(order)),
      random_(order_.seed ^ std::hash<std::string>()(order_.point.path)) {}

void Tampering::enter(const std::string& step) {
  const std::lock_guard lock(mutex_);
  step_ = step;
}

std::function<void(std::string_view, rpc::BatchResult&)> Tampering::reply_filter(std::string node) {
  return [this, node = std::move(node)](std::string_view method, rpc::BatchResult& outcome) {
    if (RigsOwnCalls::active() || Polls::active()) return;
    take_reply(node, method, outcome);
  };
}

std::shared_ptr<p2p::InboundFilter> Tampering::message_filter(std::string peer) {
  return std::make_shared<MessageFilter>(*this, std::move(peer));
}

void Tampering::take_reply(const std::string& node, std::string_view method,
                           rpc::BatchResult& outcome) {
  const std::lock_guard lock(mutex_);
  const std::string name(method);
  const int nth = ++replies_[{step_, node, name}];
  switch (order_.mode) {
    case Order::Mode::Record:
      return record_reply({.step = step_, .source = node, .name = name, .nth = nth}, outcome);
    case Order::Mode::Withhold: {
      if (outcome.error()) return;
      Json result = outcome.value();
      for (const Member& member : order_.members) {
        if (member.method == name) remove_member(result, member.pattern);
      }
      outcome = rpc::BatchResult(std::move(result));
      return;
    }
    case Order::Mode::Tamper: {
      const Point& point = order_.point;
      if (of_message(point.change) || point.step != step_ || point.source != node ||
          point.name != name || point.nth != nth) {
        return;
      }
      done_ = change_reply(outcome, point, node, random_).value_or("");
      return;
    }
  }
}

void Tampering::record_reply(Point point, const rpc::BatchResult& outcome) {
  const auto add = [&](Change change, const std::string& path = {}) {
    point.change = change;
    point.path = path;
    record(point);
  };
  if (outcome.error()) {
    for (const Change change : {Change::Succeed, Change::ErrorCode, Change::ErrorText}) add(change);
    return;
  }
  add(Change::Fail);
  each_value(outcome.value(), [&](const std::string& path, const Json& value) {
    add(value.is_array() ? Change::Shorten : Change::Alter, path);
  });
}

void Tampering::record(Point point) {
  const std::string kind = fmt::format("{}\n{}\n{}\n{}", point.step, point.source, point.what(),
                                       of_message(point.change) ? point.path : "");
  Sample& sample = samples_[kind];
  if (std::uniform_int_distribution<std::uint64_t>(0, sample.seen++)(random_) == 0) {
    sample.point = std::move(point);
  }
}

Report Tampering::report() const {
  const std::lock_guard lock(mutex_);
  Report report{.points = {}, .done = done_};
  for (const auto& [kind, sample] : samples_) report.points.push_back(sample.point);
  return report;
}

}  // namespace noderig::prove
