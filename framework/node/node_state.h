// How nodes stand before a sub-test, and the way back to it when that fails half way: one failure
// must not spoil the parts that follow. What a part leaves behind that succeeds is its author's
// will.
//
// Put back: nodes that run, with their arguments; loaded wallets; bans; whether the network is on;
// log categories; connections among the nodes. Not put back: chains and mempools, which are what
// parts work on, and clocks, since a daemon whose clock runs backwards waits for times that it has
// passed already. Belongs to the rig's thread.
#pragma once

#include <noderig/framework/node/node.h>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace noderig {

class NodeStates {
 public:
  // Notes how the nodes stand. They must outlive this.
  explicit NodeStates(std::vector<Node*> nodes);

  // Connects or disconnects two nodes, the first of which is the one that connects.
  using Link = std::function<void(Node& from, Node& to)>;

  // Puts back what differs. What was done, and which clocks have moved, as a sentence each.
  std::vector<std::string> restore(const Link& connect, const Link& disconnect);

 private:
  struct State {
    bool running = false;
    std::vector<std::string> arguments{};
    std::optional<std::chrono::sys_seconds> mocktime{};
    // Nothing where the node cannot be asked.
    std::optional<std::set<std::string>> wallets{};
    std::optional<std::set<std::string>> banned{};
    std::optional<bool> network_active{};
    std::optional<std::map<std::string, bool>> logging{};
    std::set<std::string> connected_to{};  // addresses
  };

  static State state_of(const Node& node);
  void restore_life(Node& node, const State& before);
  void restore_settings(Node& node, const State& before);
  void restore_connections(Node& from, const State& before, const Link& connect,
                           const Link& disconnect);
  void did(const Node& node, const std::string& what);

  std::vector<std::pair<Node*, State>> nodes_;
  std::vector<std::string> done_;
};

}  // namespace noderig
