#include <noderig/framework/oracle/oracle.h>

namespace noderig {

const Oracle kAliveOracle = {
    .name = "alive",
    .demand = "a daemon ends when it is asked to and not before",
    .of_ended = NodeProblem::Kind::End,
};

}  // namespace noderig
