// A thread of the scenario's own throws.
#include <noderig/scenario.h>
#include <thread>

NODERIG_SCENARIO(throws_on_thread, .summary = "an exception leaves another thread") {
  assert_equal(rig.node(0).height(), 0);
  std::thread([] { throw std::runtime_error("the thread is torn"); }).join();
}
