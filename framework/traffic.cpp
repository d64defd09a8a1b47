#include <noderig/framework/asker.h>
#include <noderig/framework/traffic.h>

namespace noderig {
namespace {

// "GET /rest/block" of "GET /rest/block/00ff.json?count=1": what is asked for, not of which block.
// RPC methods are left as they are.
std::string_view without_arguments(std::string_view method) {
  const auto path = method.find(" /");
  if (path == std::string_view::npos) return method;
  const auto second = method.find('/', path + 2);
  if (second == std::string_view::npos) return method.substr(0, method.find('?'));
  return method.substr(0, method.find_first_of("/.?", second + 1));
}

template <typename Use>
Use& entry(std::map<std::string, Use, std::less<>>& uses, std::string_view name) {
  if (const auto known = uses.find(name); known != uses.end()) return known->second;
  if (uses.size() >= Traffic::kMostNames) name = "(others)";
  const std::string key(name);
  return uses.emplace(key, Use{key}).first->second;
}

template <typename Use>
std::vector<Use> values(const std::map<std::string, Use, std::less<>>& uses) {
  std::vector<Use> all;
  all.reserve(uses.size());
  for (const auto& [name, use] : uses) all.push_back(use);
  return all;
}

}  // namespace

void Traffic::count(const rpc::CallRecord& call) {
  const std::lock_guard lock(mutex_);
  RpcUse& use = entry(rpc_, without_arguments(call.method));
  ++use.calls;
  if (call.result == nullptr) ++use.errors;
  if (RigsOwnCalls::active()) ++use.rig_calls;
  use.seconds += std::chrono::duration<double>(call.duration).count();
}

void Traffic::count(const p2p::TraceEvent& message) {
  if (message.what != p2p::TraceEvent::What::MessagePassed) return;
  const auto bytes = static_cast<std::int64_t>(message.payload.size());
  const std::lock_guard lock(mutex_);
  MessageUse& use = entry(messages_, message.command);
  if (message.direction == p2p::Direction::Sent) {
    ++use.sent;
    use.sent_bytes += bytes;
  } else {
    ++use.received;
    use.received_bytes += bytes;
  }
}

std::vector<RpcUse> Traffic::rpc() const {
  const std::lock_guard lock(mutex_);
  return values(rpc_);
}

std::vector<MessageUse> Traffic::messages() const {
  const std::lock_guard lock(mutex_);
  return values(messages_);
}

}  // namespace noderig
