#include <noderig/framework/oracle/node_problems.h>

namespace noderig {

const Oracle kExitStatusOracle = {
    .name = "exit_status",
    .demand = "a daemon that is asked to end does so, with status 0",
    .of_ended = [](const Node& node) { return problems_of(node, NodeProblem::Kind::Status); },
};

}  // namespace noderig
