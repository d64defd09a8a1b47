// A sub-test fails half way, with everything turned upside down; the next one finds it as it was.
#include <noderig/scenario.h>

NODERIG_SCENARIO(spoilt_subtest, .summary = "a sub-test leaves its nodes in another state",
    .nodes = 3, .subtests = {"spoils", "finds_all_as_it_was"}) {
  auto& [n0, n1, n2] = rig.nodes<3>();
  rig.connect_nodes(n0, n1);
  n0.rpc("createwallet", "before");
  n0.rpc("createwallet", "unloaded");
  const Json logging = n0.rpc("logging");

  rig.subtest("spoils", [&] {
    n0.rpc("createwallet", "left_loaded");
    n0.rpc("unloadwallet", "unloaded");
    n0.rpc("setban", "192.0.2.1", "add");
    n0.rpc("logging", Json::array(), Json::array({"net"}));
    rig.connect_nodes(n0, n2);
    n0.rpc("setnetworkactive", false);
    n1.restart({"-txindex=1"});
    n2.stop();
    n0.advance_mocktime(1h);
    assert_equal(n0.height(), 12345);
  });

  rig.subtest("finds_all_as_it_was", [&] {
    assert_equal(n0.rpc("listwallets"), Json::array({"before", "unloaded"}));
    assert_equal(n0.rpc("listbanned").size(), 0);
    assert_equal(n0.rpc("getnetworkinfo")["networkactive"], true);
    assert_equal(n0.rpc("logging"), logging);
    assert_equal(n1.rpc("getindexinfo").size(), 0);
    assert_equal(n0.rpc("getconnectioncount"), n1.rpc("getconnectioncount"), 1);
    assert_equal(n2.height(), 0);
    assert_equal(n2.rpc("getconnectioncount"), 0);
    assert_equal(*n0.mocktime(), regtest::kEpoch + 1h);
  });
}
