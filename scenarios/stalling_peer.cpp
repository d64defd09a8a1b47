// A node that downloads blocks from a peer which does not deliver them waits only so long, and then
// takes them from another. `silent` and `helpful` have the same chain; each sub-test has a fresh
// node that is connected to `silent` through a link which loses every block on its way:
//
//   silent  == no blocks ==> link --> fresh --- helpful
//
// Where the block comes in time, the link holds up the request for it instead. The timers follow
// the mock time of the fresh node, which alone is put forward.

#include <noderig/framework/prerequisite.h>
#include <noderig/scenario.h>

namespace {

using namespace noderig;

// How long a block may take when no other peer delivers any.
constexpr std::chrono::minutes kDownloadTimeout{10};
// How long a peer may hold up a node whose window of 1024 blocks is otherwise full.
constexpr std::chrono::seconds kStallingTimeout{2};
constexpr int kWindow = 1024;
// Blocks that are asked of one peer at a time.
constexpr int kInFlight = 16;
constexpr int kShort = 10;
constexpr int kLong = kWindow + 2 * kInFlight;

const LinkFaults kNoBlocks{.lose = 1, .commands = {"block", "cmpctblock", "blocktxn"}};

// Those that the node has already are passed over; others may begin a branch of no more work yet.
void give(Node& node, std::span<const BuiltBlock> blocks) {
  std::vector<rpc::BatchCall> calls;
  for (const BuiltBlock& block : blocks) {
    calls.push_back({"submitblock", Json::array({Json(block.block())})});
  }
  for (const rpc::BatchResult& result : node.rpc.batch(calls)) {
    const Json& answer = result.value();
    assert_true(answer.is_null() || answer == "duplicate" || answer == "inconclusive");
  }
  assert_equal(node.tip(), blocks.back().hash());
}

std::size_t connections(const Node& node) {
  return node.rpc("getpeerinfo").size();
}

void await_connections(const Node& node, std::size_t count) {
  node.wait_until([&] { return connections(node) == count; },
                  fmt::format("{} has {} connections", node.name(), count));
}

}  // namespace

NODERIG_SCENARIO(stalling_peer,
    .summary = "blocks that a peer holds back are taken from another in time",
    .nodes = 2,
    .tags = {"p2p", "faults"},
    .memory_mb = 600,
    .timeout = 120s,
    .likelihood = Likelihood::Possible,
    .impact = Impact::Major,
    .links = {"src/net_processing.cpp"},
    .subtests = {"times_out", "another_peer_takes_over", "late_but_in_time",
                 "window_cannot_move"}) {
  auto& [silent, helpful] = rig.nodes<2>();

  ChainBuilder chain;
  chain.mine(kLong);
  const auto given = [&](std::size_t height) {
    return [&, height] {
      for (Node* node : {&silent, &helpful}) give(*node, chain.blocks().first(height));
    };
  };
  Prerequisite short_chain("a short chain", given(kShort));
  Prerequisite long_chain("a chain longer than the window", given(kLong));
  const auto start_fresh = [&](std::vector<std::string> arguments = {}) -> Node& {
    Node& fresh = rig.add_node(std::move(arguments));
    fresh.start();
    return fresh;
  };
  const auto await_lost_blocks = [&](const Node& fresh, const Link& link, std::uint64_t count) {
    fresh.wait_until([&] { return link.traffic(Way::Back).lost >= count; },
                     "the blocks that were asked for are lost");
  };

  rig.subtest("times_out", [&] {
    short_chain();
    Node& fresh = start_fresh();
    const Link& link = rig.link(fresh, silent, kNoBlocks);
    await_lost_blocks(fresh, link, kShort);
    assert_in_log(fresh, {"Timeout downloading block"},
                  [&] { fresh.advance_mocktime(kDownloadTimeout + 1s); });
    await_connections(fresh, 0);
    assert_equal(fresh.height(), 0);
    rig.connect_nodes(fresh, helpful);
    rig.sync_blocks({fresh, helpful});
    assert_equal(fresh.height(), helpful.height());
    assert_equal(fresh.tip(), helpful.tip());
  });

  rig.subtest("another_peer_takes_over", [&] {
    short_chain();
    Node& fresh = start_fresh();
    const Link& link = rig.link(fresh, silent, kNoBlocks);
    await_lost_blocks(fresh, link, kShort);
    rig.connect_nodes(fresh, helpful);
    assert_equal(fresh.height(), 0);
    assert_in_log(fresh, {"Timeout downloading block"},
                  [&] { fresh.advance_mocktime(kDownloadTimeout + 1s); });
    await_connections(fresh, 1);
    rig.sync_blocks({fresh, helpful});
    assert_equal(fresh.tip(), helpful.tip());
    assert_equal(link.traffic(Way::Back).passed_by_command.contains("block"), false);
  });

  rig.subtest("late_but_in_time", [&] {
    short_chain();
    // It takes no transactions, so peers announce blocks to it by their headers.
    Node& fresh = start_fresh({"-blocksonly"});
    Link& link = rig.link(fresh, silent);
    rig.sync_blocks({fresh, silent});
    link.partition(Way::Forth);
    const Uint256 next = silent.mine(1).back();
    const Uint256 before = fresh.tip();
    fresh.wait_until([&] { return !fresh.rpc("getpeerinfo").at(0).at("inflight").empty(); },
                     "the block is asked for");
    // A ping is due by then: once it is out, the node has looked at its timers.
    const auto pings = [&] {
      return fresh.rpc("getpeerinfo").at(0).at("bytessent_per_msg").value("ping", 0);
    };
    const int pings_before = pings();
    fresh.advance_mocktime(kDownloadTimeout - 1min);
    fresh.wait_until([&] { return pings() > pings_before; }, "the node pings");
    assert_equal(fresh.tip(), before);
    link.heal();
    fresh.wait_for_tip(next);
    assert_equal(fresh.tip(), next);
    assert_equal(link.connections(), 1U);
    assert_true(fresh.log().since(0).find("Timeout downloading block") == std::string::npos);
    rig.sync_by_rpc({silent, helpful});
  });

  rig.subtest("window_cannot_move", [&] {
    long_chain();
    Node& fresh = start_fresh();
    const Link& link = rig.link(fresh, silent, kNoBlocks);
    await_lost_blocks(fresh, link, kInFlight);
    // All others come from the helpful peer, up to the end of the window.
    assert_in_log(fresh, {"Stall started"}, [&] { rig.connect_nodes(fresh, helpful); });
    assert_equal(fresh.height(), 0);
    assert_equal(connections(fresh), 2U);
    assert_in_log(fresh, {"is stalling block download"},
                  [&] { fresh.advance_mocktime(kStallingTimeout + 1s); });
    await_connections(fresh, 1);
    rig.sync_blocks({fresh, helpful});
    assert_equal(fresh.height(), kLong);
    assert_equal(fresh.tip(), chain.tip());
  });
}
