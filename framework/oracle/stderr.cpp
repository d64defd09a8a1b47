#include <noderig/framework/oracle/node_problems.h>

namespace noderig {

const Oracle kStderrOracle = {
    .name = "stderr",
    .demand = "a daemon writes nothing to its standard error that no step allows",
    .of_ended =
        [](const Node& node) { return problems_of(node, NodeProblem::Kind::StandardError); },
};

}  // namespace noderig
