#include <fmt/format.h>
#include <noderig/framework/asker.h>
#include <noderig/framework/node/node_state.h>
#include <algorithm>

namespace noderig {
namespace {

// Those of `a` that `b` has not.
std::vector<std::string> lacking(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::vector<std::string> found;
  std::ranges::set_difference(a, b, std::back_inserter(found));
  return found;
}

}  // namespace

NodeStates::NodeStates(std::vector<Node*> nodes) {
  const RigsOwnCalls own;
  for (Node* node : nodes) nodes_.emplace_back(node, state_of(*node));
}

NodeStates::State NodeStates::state_of(const Node& node) {
  State state{
      .running = node.running(), .arguments = node.arguments(), .mocktime = node.mocktime()};
  if (!state.running) return state;
  std::vector<rpc::BatchCall> calls;
  for (const char* method :
       {"listwallets", "listbanned", "getnetworkinfo", "logging", "getpeerinfo"}) {
    if (node.profile().can(std::string("rpc:") + method)) calls.push_back({method});
  }
  std::vector<rpc::BatchResult> answers;
  try {
    answers = node.rpc.batch(calls);
  } catch (const rpc::TransportError&) {
    return state;  // one that does not answer is for the part to deal with
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (!answers[i].ok()) continue;  // such as listwallets under -disablewallet
    const std::string& method = calls[i].method;
    const Json& answer = answers[i].value();
    if (method == "listwallets") state.wallets = answer.get<std::set<std::string>>();
    if (method == "logging") state.logging = answer.get<std::map<std::string, bool>>();
    if (method == "getnetworkinfo" && answer.contains("networkactive")) {
      state.network_active = answer.at("networkactive").get<bool>();
    }
    if (method == "listbanned") {
      state.banned.emplace();
      for (const Json& ban : answer) state.banned->insert(ban.at("address").get<std::string>());
    }
    if (method == "getpeerinfo") {
      for (const Json& peer : answer) {
        if (peer.at("inbound").get<bool>()) continue;
        state.connected_to.insert(peer.at("addr").get<std::string>());
      }
    }
  }
  return state;
}

void NodeStates::did(const Node& node, const std::string& what) {
  done_.push_back(node.name() + ": " + what);
}

std::vector<std::string> NodeStates::restore(const Link& connect, const Link& disconnect) {
  const RigsOwnCalls own;
  done_.clear();
  for (auto& [node, before] : nodes_) restore_life(*node, before);
  for (auto& [node, before] : nodes_) restore_settings(*node, before);
  for (auto& [node, before] : nodes_) restore_connections(*node, before, connect, disconnect);
  return done_;
}

// A node that was made to run is left to: parts start those that they need.
void NodeStates::restore_life(Node& node, const State& before) {
  const bool others = node.arguments() != before.arguments;
  if (others) node.set_arguments(before.arguments);
  if (before.running && others && node.running()) {
    node.restart();
    did(node, "restarted with the arguments that it had");
  } else if (before.running && !node.running()) {
    node.start();
    did(node, "started again");
  }
}

void NodeStates::restore_settings(Node& node, const State& before) {
  if (node.mocktime() != before.mocktime) did(node, "its clock has been set, and stays so");
  if (!before.running) return;
  const State now = state_of(node);
  if (before.wallets && now.wallets) {
    for (const std::string& wallet : lacking(*now.wallets, *before.wallets)) {
      node.rpc("unloadwallet", wallet);
      did(node, fmt::format("wallet \"{}\" unloaded", wallet));
    }
    for (const std::string& wallet : lacking(*before.wallets, *now.wallets)) {
      node.rpc("loadwallet", wallet);
      did(node, fmt::format("wallet \"{}\" loaded", wallet));
    }
  }
  if (before.banned && now.banned) {
    for (const std::string& address : lacking(*now.banned, *before.banned)) {
      node.rpc("setban", address, "remove");
      did(node, fmt::format("{} no longer banned", address));
    }
  }
  if (before.network_active && now.network_active != before.network_active) {
    node.rpc("setnetworkactive", *before.network_active);
    did(node, fmt::format("network turned {}", *before.network_active ? "on" : "off"));
  }
  if (before.logging && now.logging && *now.logging != *before.logging) {
    Json include = Json::array();
    Json exclude = Json::array();
    for (const auto& [category, logged] : *before.logging) {
      (logged ? include : exclude).push_back(category);
    }
    node.rpc("logging", include, exclude);
    did(node, "log categories put back");
  }
}

void NodeStates::restore_connections(Node& from, const State& before, const Link& connect,
                                     const Link& disconnect) {
  if (!before.running) return;
  const State now = state_of(from);
  for (const auto& [to, to_before] : nodes_) {
    if (to == &from || !to->running()) continue;
    const bool was = before.connected_to.contains(to->p2p_address());
    const bool is = now.connected_to.contains(to->p2p_address());
    if (was == is) continue;
    (was ? connect : disconnect)(from, *to);
    did(from, fmt::format("{} {}", was ? "connected to" : "disconnected from", to->name()));
  }
}

}  // namespace noderig
