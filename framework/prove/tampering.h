// The layer between a worker's rig and its daemons that `noderig prove` puts in: it records what
// the rig receives, or changes it as ordered. Owned by the worker; without one, nodes and peers
// have no filter and pay nothing. Any thread.
//
// What the rig asks for by itself is left alone, and so are polls, since changing those says
// nothing about the scenario (framework/asker.h).
#pragma once

#include <noderig/framework/prove/changes.h>
#include <noderig/framework/prove/tamper.h>
#include <noderig/p2p/peer.h>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

namespace noderig::prove {

class Tampering {
 public:
  explicit Tampering(Order order);
  Tampering(const Tampering&) = delete;
  Tampering& operator=(const Tampering&) = delete;

  // The scenario has come to this step or sub-test.
  void enter(const std::string& step);

  // For a node's rpc::ClientOptions and a peer's p2p::PeerOptions. Both refer to this object.
  std::function<void(std::string_view method, rpc::BatchResult& outcome)> reply_filter(
      std::string node);
  std::shared_ptr<p2p::InboundFilter> message_filter(std::string peer);

  Report report() const;

 private:
  class MessageFilter;

  // Points that are alike: one of them is kept, each as likely as the other.
  struct Sample {
    Point point;
    std::uint64_t seen = 0;
  };

  void take_reply(const std::string& node, std::string_view method, rpc::BatchResult& outcome);
  void record_reply(Point point, const rpc::BatchResult& outcome);
  void record(Point point);

  const Order order_;
  mutable std::mutex mutex_;
  Random random_;
  std::string step_;
  std::map<std::tuple<std::string, std::string, std::string>, int> replies_;  // step, node, method
  std::map<std::string, Sample> samples_;
  std::string done_;
};

}  // namespace noderig::prove
