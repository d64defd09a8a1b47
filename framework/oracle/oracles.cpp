#include <fmt/format.h>
#include <noderig/framework/asker.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/nearest.h>
#include <noderig/framework/oracle/oracle.h>
#include <algorithm>
#include <future>
#include <iterator>
#include <stdexcept>

namespace noderig {
namespace {

// Adds what the oracle finds wrong. An oracle that cannot be asked found something wrong, too.
template <typename Check>
void ask(const Oracle& oracle, std::string_view of, Check check, std::vector<std::string>& found) {
  try {
    for (const std::string& wrong : check()) {
      found.push_back(fmt::format("oracle {}: {}", oracle.name, wrong));
    }
  } catch (const std::exception& error) {
    found.push_back(
        fmt::format("oracle {}: {} could not be asked: {}", oracle.name, of, error.what()));
  }
}

bool can_be_asked(const Oracle& oracle, const Node& node) {
  return node.profile().lacks(oracle.needs).empty();
}

std::vector<Node*> running_of(NodeList nodes) {
  std::vector<Node*> running;
  std::ranges::copy_if(nodes, std::back_inserter(running), &Node::running);
  return running;
}

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

std::span<const Oracle* const> all_oracles() {
  static constexpr const Oracle* kAll[] = {
      &kTipsOracle,  &kVerifyChainOracle, &kSupplyOracle, &kCheckMempoolOracle,
      &kAliveOracle, &kExitStatusOracle,  &kStderrOracle, &kLogOracle,
  };
  return kAll;
}

Oracles::Oracles(const std::vector<WithoutOracle>& without) {
  for (const auto& [name, reason] : without) {
    if (std::ranges::find(all_oracles(), name, &Oracle::name) == all_oracles().end()) {
      std::vector<std::string> names;
      for (const Oracle* oracle : all_oracles()) names.emplace_back(oracle->name);
      throw std::logic_error(
          fmt::format(".without names no oracle: \"{}\"{}", name, did_you_mean(name, names)));
    }
    if (reason.empty()) {
      throw std::logic_error(fmt::format(".without gives no reason for \"{}\"", name));
    }
    without_.insert(name);
  }
}

std::vector<std::string> Oracles::ask_network(const Network& network) const {
  std::vector<std::string> found;
  for (const Oracle* oracle : all_oracles()) {
    if (oracle->of_network == nullptr || !asks(oracle->name)) continue;
    std::vector<Node*> able;
    for (Node* node : network.nodes) {
      if (can_be_asked(*oracle, *node)) able.push_back(node);
    }
    const Network of{able, network.links, network.directly};
    ask(
        *oracle, "the network", [&] { return oracle->of_network(of); }, found);
  }
  return found;
}

std::vector<std::string> Oracles::ask_linked(NodeList nodes, LinkList links) const {
  if (links.empty()) return {};
  const std::vector<Node*> running = running_of(nodes);
  return ask_network({.nodes = running, .links = links, .directly = false});
}

std::vector<std::string> Oracles::ask_running(NodeList nodes, LinkList links) const {
  const std::vector<Node*> running = running_of(nodes);
  // First, since it waits until nothing changes any more.
  std::vector<std::string> found = ask_network({.nodes = running, .links = links});
  std::vector<std::future<std::vector<std::string>>> asked;
  for (const Node* node : running) {
    asked.push_back(std::async(std::launch::async, [this, node] {
      const RigsOwnCalls own;  // on this thread
      std::vector<std::string> wrong;
      for (const Oracle* oracle : all_oracles()) {
        if (oracle->of_running == nullptr || !asks(oracle->name)) continue;
        if (!can_be_asked(*oracle, *node)) continue;
        ask(
            *oracle, node->name(), [&] { return oracle->of_running(*node); }, wrong);
      }
      return wrong;
    }));
  }
  for (auto& one : asked) append(found, one.get());
  return found;
}

std::vector<std::string> Oracles::ask_ended(NodeList nodes) const {
  // Looked for once, and not by each oracle: logs have megabytes.
  std::vector<NodeProblem> problems;
  for (const Node* node : nodes) {
    for (NodeProblem& problem : node->problems()) problems.push_back(std::move(problem));
  }
  std::vector<std::string> found;
  for (const Oracle* oracle : all_oracles()) {
    if (!oracle->of_ended || !asks(oracle->name)) continue;
    for (const NodeProblem& problem : problems) {
      if (problem.kind == *oracle->of_ended) found.push_back(problem.text);
    }
  }
  return found;
}

}  // namespace noderig
