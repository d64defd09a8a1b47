#include <noderig/p2p/inbox.h>
#include <algorithm>

namespace noderig::p2p {

void Inbox::push(std::string_view command, std::shared_ptr<const Bytes> payload) {
  auto type = types_.find(command);
  if (type == types_.end()) type = types_.emplace(command, Type{}).first;
  type->second.positions.push_back(messages_.size());
  messages_.push_back({messages_.size(), std::chrono::system_clock::now(), std::string(command),
                       std::move(payload)});
}

const Received* Inbox::take(std::span<const std::string_view> commands) {
  Type* earliest = nullptr;
  for (const std::string_view command : commands) {
    const auto found = types_.find(command);
    if (found == types_.end()) continue;
    Type& candidate = found->second;
    if (candidate.taken == candidate.positions.size()) continue;
    if (!earliest || candidate.positions[candidate.taken] < earliest->positions[earliest->taken]) {
      earliest = &candidate;
    }
  }
  if (!earliest) return nullptr;
  const std::size_t position = earliest->positions[earliest->taken++];
  last_taken_.position = std::max(last_taken_.position, position + 1);
  return &messages_[position];
}

const Received* Inbox::next(std::string_view command) const {
  const Type* found = type(command);
  if (!found || found->taken == found->positions.size()) return nullptr;
  return &messages_[found->positions[found->taken]];
}

const Received* Inbox::find(std::string_view command, Cursor from) const {
  const Type* found = type(command);
  if (!found) return nullptr;
  const auto& positions = found->positions;
  const auto first = std::lower_bound(positions.begin(), positions.end(), from.position);
  return first == positions.end() ? nullptr : &messages_[*first];
}

std::size_t Inbox::count(std::string_view command, Cursor from) const {
  const Type* found = type(command);
  if (!found) return 0;
  const auto& positions = found->positions;
  return static_cast<std::size_t>(
      positions.end() - std::lower_bound(positions.begin(), positions.end(), from.position));
}

std::size_t Inbox::untaken(std::string_view command) const {
  const Type* found = type(command);
  return found ? found->positions.size() - found->taken : 0;
}

const Inbox::Type* Inbox::type(std::string_view command) const {
  const auto found = types_.find(command);
  return found == types_.end() ? nullptr : &found->second;
}

}  // namespace noderig::p2p
