#include <noderig/framework/oracle/node_problems.h>

namespace noderig {

const Oracle kLogOracle = {
    .name = "log",
    .demand = "a daemon logs no failed assertion and no sanitizer report",
    .of_ended = [](const Node& node) { return problems_of(node, NodeProblem::Kind::Log); },
};

}  // namespace noderig
