// What must hold of every scenario's nodes without its author asking. An oracle is one file of this
// folder and one line of the table in oracles.cpp. The rig asks when the scenario ends, and of
// nodes and links made in a sub-test when that ends. Constant data; check functions are called on
// several threads, one node on one at a time.
#pragma once

#include <noderig/framework/metadata.h>
#include <noderig/framework/network/link.h>
#include <noderig/framework/node/node.h>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

using NodeList = std::span<Node* const>;
using LinkList = std::span<const std::unique_ptr<Link>>;

// Nodes that run, and by what they may be connected.
struct Network {
  NodeList nodes;
  LinkList links;
  bool directly = true;  // without a link, too
};

struct Oracle {
  std::string_view name;             // by which a scenario's metadata switches it off
  std::string_view demand;           // what must hold
  std::vector<std::string> needs{};  // capabilities; a daemon without them is not asked

  // One of the three. What is wrong, a sentence each: the node, the value, the expected one.
  std::vector<std::string> (*of_running)(const Node& node) = nullptr;  // before it is stopped
  std::vector<std::string> (*of_network)(const Network& network) =
      nullptr;                                  // of those that run, together
  std::optional<NodeProblem::Kind> of_ended{};  // what it notes by itself, once it has been stopped
};

// All there are, in the order in which they are asked.
std::span<const Oracle* const> all_oracles();

// Those that one scenario's nodes are asked.
class Oracles {
 public:
  // Throws std::logic_error for a name that no oracle has, with the nearest that one has, and for a
  // missing reason.
  explicit Oracles(const std::vector<WithoutOracle>& without);

  bool asks(std::string_view name) const { return !without_.contains(name); }

  // What they find wrong, "oracle NAME: ..." each. Nodes that do not run are passed over; the
  // others are asked side by side.
  std::vector<std::string> ask_running(NodeList nodes, LinkList links) const;
  // Asks only about the connections through these links.
  std::vector<std::string> ask_linked(NodeList nodes, LinkList links) const;
  std::vector<std::string> ask_ended(NodeList nodes) const;

 private:
  std::vector<std::string> ask_network(const Network& network) const;

  std::set<std::string, std::less<>> without_;
};

// The oracles, for the table.
extern const Oracle kAliveOracle;
extern const Oracle kExitStatusOracle;
extern const Oracle kStderrOracle;
extern const Oracle kLogOracle;
extern const Oracle kCheckMempoolOracle;
extern const Oracle kTipsOracle;
extern const Oracle kVerifyChainOracle;
extern const Oracle kSupplyOracle;

}  // namespace noderig
