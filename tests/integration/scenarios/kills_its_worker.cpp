// The worker dies while a node runs.
#include <noderig/scenario.h>
#include <unistd.h>
#include <csignal>

NODERIG_SCENARIO(kills_its_worker, .summary = "its process is killed") {
  assert_equal(rig.node(0).height(), 0);
  ::kill(::getpid(), SIGKILL);
}
