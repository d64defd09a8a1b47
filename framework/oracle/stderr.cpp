#include <noderig/framework/oracle/oracle.h>

namespace noderig {

const Oracle kStderrOracle = {
    .name = "stderr",
    .demand = "a daemon writes nothing to its standard error that no step allows",
    .of_ended = NodeProblem::Kind::StandardError,
};

}  // namespace noderig
