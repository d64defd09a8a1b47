#include <noderig/framework/oracle/oracle.h>

namespace noderig {

const Oracle kExitStatusOracle = {
    .name = "exit_status",
    .demand = "a daemon that is asked to end does so, with status 0",
    .of_ended = NodeProblem::Kind::Status,
};

}  // namespace noderig
