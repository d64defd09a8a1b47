// Which peers a node wants to announce blocks as compact blocks before it asks: the three that
// brought the latest ones. An outbound peer that has become one of them is not pushed out.
#include "compact_blocks/stage.h"

#include <algorithm>

namespace noderig::compact_blocks {
namespace {

// Blocks come to the target through one of its peers at a time:
//
//   miner - - -> inbound[0..2] ---connect to---> target ---connects to---> outbound <- - - miner
//
// The miner is connected to nobody; its blocks are handed over by submitblock.
struct Network {
  Node& miner;
  Node& target;
  Node& outbound;
  std::array<Node*, 3> inbound;

  std::array<Node*, 4> relays() const { return {&outbound, inbound[0], inbound[1], inbound[2]}; }
};

// For each relay, whether the target wants it to announce, as the target sees it.
std::vector<bool> wanted_by_target(const Network& network) {
  const Json peers = network.target.rpc("getpeerinfo");
  std::vector<bool> wanted;
  for (const Node* relay : network.relays()) {
    const Json agent = relay->rpc("getnetworkinfo").at("subversion");
    const auto entry =
        std::ranges::find(peers, agent, [](const Json& peer) { return peer.at("subver"); });
    assert_true(entry != peers.end());
    wanted.push_back(entry->at("bip152_hb_to").get<bool>());
  }
  return wanted;
}

// Lets a block come to the target through the relay; returns which relays the target wants then.
std::vector<bool> relay_block(const Network& network, Node& relay) {
  const BuiltBlock block = network.miner.mine(BlockContent{});
  assert_equal(relay.submit(block.block()), "");
  network.target.wait_for_tip(block.hash());
  for (Node* other : network.relays()) other->wait_for_tip(block.hash());

  std::vector<bool> wanted = wanted_by_target(network);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Node& told = *network.relays()[i];
    const auto knows = [&] {
      return told.rpc("getpeerinfo").at(0).at("bip152_hb_from") == wanted[i];
    };
    told.wait_until(knows, "it knows whether the target wants it to announce compact blocks");
  }
  return wanted;
}

}  // namespace

void high_bandwidth(Stage& stage) {
  stage.part("high_bandwidth_in_peer_info", [&] {
    Peer& peer = stage.inbound();
    const auto assert_states = [&](bool to, bool from) {
      peer.sync_with_ping();
      const Json info = peer_info(stage.node, peer);
      assert_equal(info.at("bip152_hb_to"), to);
      assert_equal(info.at("bip152_hb_from"), from);
    };
    assert_states(false, false);
    peer.send(kAnnounce);
    assert_states(false, true);
    peer.send(BlockMessage{stage.next_block().block()});
    assert_states(true, true);
    peer.send(kDoNotAnnounce);
    assert_states(true, false);
  });

  stage.part("high_bandwidth_selection", {kNamedAgents}, [&] {
    Rig& rig = stage.rig;
    const std::vector<Node*> nodes = stage.network();
    const Network network{*nodes[0], *nodes[1], *nodes[2], {nodes[3], nodes[4], nodes[5]}};
    for (Node* relay : network.inbound) rig.connect_nodes(*relay, network.target);
    rig.connect_nodes(network.target, network.outbound);

    using Wanted = std::vector<bool>;  // the outbound relay, then the inbound ones
    constexpr std::size_t kInbound[] = {0, 1, 2};
    const auto relay_through_inbound = [&](std::size_t i) {
      return relay_block(network, *network.inbound.at(i));
    };

    rig.step("each inbound peer that brings a block takes a slot");
    assert_equal(relay_through_inbound(0), Wanted{false, true, false, false});
    assert_equal(relay_through_inbound(1), Wanted{false, true, true, false});
    assert_equal(relay_through_inbound(2), Wanted{false, true, true, true});

    rig.step("further blocks from them change nothing");
    for (const std::size_t i : kInbound) {
      assert_equal(relay_through_inbound(i), Wanted{false, true, true, true});
    }

    rig.step("an outbound peer takes a slot from an inbound one");
    const Wanted with_outbound = relay_block(network, network.outbound);
    assert_true(with_outbound[0]);
    assert_equal(std::ranges::count(with_outbound, true), 3);

    rig.step("and keeps it");
    for (const std::size_t i : kInbound) {
      const Wanted wanted = relay_through_inbound(i);
      assert_true(wanted[0]);
      assert_true(wanted[1 + i]);
      assert_equal(std::ranges::count(wanted, true), 3);
    }

    rig.step("connected anew, it has no slot, and the inbound peers have all three");
    rig.disconnect_nodes(network.target, network.outbound);
    rig.connect_nodes(network.target, network.outbound);
    for (const std::size_t i : kInbound) {
      const Wanted wanted = relay_through_inbound(i);
      assert_true(!wanted[0]);
      assert_true(wanted[1 + i]);
    }
    assert_equal(wanted_by_target(network), Wanted{false, true, true, true});
  });
}

}  // namespace noderig::compact_blocks
