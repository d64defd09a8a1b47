// Counts what a scenario asks of its daemons and what its peers exchange with them: RPC methods and
// message types, with how often, how much and how long. Owned by the worker; any thread.
#pragma once

#include <noderig/framework/runner/results.h>
#include <noderig/p2p/peer.h>
#include <noderig/rpc/client.h>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

class Traffic {
 public:
  // Names beyond that many are counted as one, "(others)": a scenario may make up names at random.
  static constexpr std::size_t kMostNames = 500;

  // On the thread that made the call, by which it is told whose it is (framework/asker.h).
  void count(const rpc::CallRecord& call);
  void count(const p2p::TraceEvent& message);

  // By name.
  std::vector<RpcUse> rpc() const;
  std::vector<MessageUse> messages() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, RpcUse, std::less<>> rpc_;
  std::map<std::string, MessageUse, std::less<>> messages_;
};

}  // namespace noderig
