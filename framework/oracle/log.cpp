#include <noderig/framework/oracle/oracle.h>

namespace noderig {

const Oracle kLogOracle = {
    .name = "log",
    .demand = "a daemon logs no failed assertion and no sanitizer report",
    .of_ended = NodeProblem::Kind::Log,
};

}  // namespace noderig
