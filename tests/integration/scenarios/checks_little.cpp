// Of three replies it checks one, reads one without checking it, and does not look at the third.
#include <noderig/scenario.h>

NODERIG_SCENARIO(checks_little, .summary = "reads more than it checks") {
  assert_equal(rig.node(0).rpc("getblockcount"), 0);
  const int protocol = rig.node(0).rpc("getnetworkinfo").at("protocolversion").get<int>();
  rig.log(std::to_string(protocol));
  rig.node(0).rpc("getmempoolinfo");
}
