#include <noderig/framework/oracle/node_problems.h>

namespace noderig {

const Oracle kAliveOracle = {
    .name = "alive",
    .demand = "a daemon ends when it is asked to and not before",
    .of_ended = [](const Node& node) { return problems_of(node, NodeProblem::Kind::End); },
};

}  // namespace noderig
