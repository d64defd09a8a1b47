// A node refuses bad options, and starts with good ones afterwards.
#include <noderig/scenario.h>

NODERIG_SCENARIO(start_refused, .summary = "bad options are refused", .start = Start::Manual) {
  Node& node = rig.node(0);
  node.assert_start_fails({"-nosuchoption"}, "Invalid parameter -nosuchoption");
  assert_raises<AssertionError>([&] { node.assert_start_fails({"-nosuchoption"}, "out of paper"); },
                                "out of paper");
  assert_raises<AssertionError>(
      [&] {
        node.assert_start_fails({"-nosuchoption"}, "Invalid parameter -nosuchoption",
                                Node::Said::Alone);
      },
      "Error parsing command line arguments: Invalid parameter -nosuchoption");
  node.start();
  assert_equal(node.height(), 0);
  node.stop();
  node.assert_start_fails({"-bind=nonsense"}, "nonsense");
}
