// For the oracles of what a node notes by itself while it runs and when it ends. Pure function.
#pragma once

#include <noderig/framework/oracle/oracle.h>

namespace noderig {

// The texts of the node's problems of that kind.
inline std::vector<std::string> problems_of(const Node& node, NodeProblem::Kind kind) {
  std::vector<std::string> texts;
  for (const NodeProblem& problem : node.problems()) {
    if (problem.kind == kind) texts.push_back(problem.text);
  }
  return texts;
}

}  // namespace noderig
