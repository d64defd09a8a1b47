// A node that is told by -assumevalid that a block is valid skips the scripts of that block and its
// ancestors, provided that two weeks of work bury it.
//
//   genesis - 1 - 2 ... 101 - 102 - 103 ... 2202
//             |               |     `------------- 2100 blocks, just over two weeks of work
//             |               `------------------- spends block 1's coinbase without a signature
//             `----------------------------------- pays its coinbase to a key
//
//   node0  no -assumevalid:    takes 101 blocks, refuses 102 and drops the peer that sent it (Knots
//   spares
//                              loopback peers)
//   node1  -assumevalid=102:   takes all 2202
//   node2  -assumevalid=102, but knows 200 headers only: refuses 102, which is not buried
//
// The other nodes show the remaining reasons for which scripts are checked in spite of
// -assumevalid; daemons that log them (script-check-log) are held to each one.

#include <noderig/p2p/transport/v1.h>
#include <noderig/scenario.h>

NODERIG_SCENARIO(assumevalid,
    .summary = "scripts below an assumed-valid block are skipped when it is buried deep enough",
    .nodes = 3,
    .tags = {"validation", "p2p"},
    .memory_mb = 600,
    .timeout = 120s,
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Serious,
    .links = {"bitcoin/bitcoin#9484", "src/validation.cpp"},
    .subtests = {"no_assumevalid", "buried", "not_buried", "logged_reasons",
                 "not_in_best_header_chain", "not_in_assumevalid_chain", "hash_not_in_headers",
                 "below_minimum_chain_work"},
    .start = Start::Manual) {
  constexpr int kSpend = 102;
  constexpr int kBuried = 2100;
  constexpr std::size_t kHeadersMessage = 2000;  // the most a headers message may carry
  auto& [n0, n1, n2] = rig.nodes<3>();

  rig.step("build the chain");
  ChainBuilder chain;
  const Key key = Key::from_phrase("horsebattery");
  chain.mine({.script = p2pk(key.public_key().bytes())});
  chain.mine(regtest::kCoinbaseMaturity);
  Transaction unsigned_spend;
  unsigned_spend.inputs = {{.prevout = {chain.at(1).coinbase().txid(), 0}}};
  unsigned_spend.outputs = {{.value = 49_btc, .script_pubkey = anyone_can_spend()}};
  const BuiltBlock bad = chain.mine({.transactions = {unsigned_spend}});
  assert_equal(bad.height(), kSpend);
  chain.mine(kBuried);

  const auto headers = chain.headers();
  const auto send_headers = [&](Peer& peer, std::span<const BlockHeader> some) {
    for (; !some.empty(); some = some.subspan(std::min(some.size(), kHeadersMessage))) {
      const auto batch = some.first(std::min(some.size(), kHeadersMessage));
      peer.send(Headers{.headers = {batch.begin(), batch.end()}});
    }
  };
  // Encoded and framed once, for all nodes.
  std::vector<std::shared_ptr<const Bytes>> bodies;
  for (const BuiltBlock& block : chain.blocks()) {
    bodies.push_back(std::make_shared<const Bytes>(
        frame(kRegtestMagic, BlockMessage::kCommand, block.encoded())));
  }
  const std::span<const std::shared_ptr<const Bytes>> up_to_bad(bodies.data(), kSpend);

  rig.step("start the nodes and feed them side by side");
  const std::string assume_bad = "-assumevalid=" + bad.hash().to_string();
  n1.set_arguments({assume_bad});
  n2.set_arguments({assume_bad});
  rig.start({n0, n1, n2});
  // The peers offer no service, so that the nodes do not ask for blocks that are on their way.
  const PeerOptions pusher{.services = 0};
  Peer& p0 = rig.connect_peer(n0, pusher);
  Peer& p1 = rig.connect_peer(n1, pusher);
  Peer& p2 = rig.connect_peer(n2, pusher);
  send_headers(p0, headers);
  send_headers(p1, headers);
  send_headers(p2, std::span(headers).first(200));
  p1.send_framed(bodies);
  p0.send_framed(up_to_bad);
  p2.send_framed(up_to_bad);

  // The tip stays below the bad block, and the branch that needs it is known to be invalid.
  const auto assert_refuses_bad_block = [&](Node& node, Peer& peer, const Uint256& best_header) {
    rig.expect_punished(node, peer);
    assert_equal(node.height(), kSpend - 1);
    assert_equal(node.tip(), chain.at(kSpend - 1).hash());
    const Json tips = node.rpc("getchaintips");
    const auto branch = std::ranges::find_if(
        tips, [&](const Json& tip) { return hash_of(tip.at("hash")) == best_header; });
    assert_true(branch != tips.end());
    assert_equal(branch->at("status"), "invalid");
  };

  rig.subtest("no_assumevalid", [&] { assert_refuses_bad_block(n0, p0, chain.tip()); });

  rig.subtest("buried", [&] {
    p1.sync_with_ping();
    assert_equal(n1.height(), chain.height(), kSpend + kBuried);
    assert_equal(n1.tip(), chain.tip());
  });

  rig.subtest("not_buried", [&] { assert_refuses_bad_block(n2, p2, chain.at(200).hash()); });

  const auto enabled = [](const BuiltBlock& block, std::string_view reason) {
    return fmt::format("Enabling script verification at block #{} ({}): {}.", block.height(),
                       block.hash().to_string(), reason);
  };
  const std::vector<std::string> needs_log = {"script-check-log"};
  const std::vector<std::string> nothing;

  rig.subtest("logged_reasons", needs_log, [&] {
    const auto missing = [](const Node& node, const std::vector<std::string>& lines) {
      return missing_lines(node.log().since(0), lines);
    };
    assert_equal(missing(n0, {enabled(chain.at(1), "assumevalid=0 (always verify)")}), nothing);
    assert_equal(
        missing(n1, {fmt::format("Disabling script verification at block #1 ({}).",
                                 chain.at(1).hash().to_string()),
                     enabled(chain.at(kSpend + 1), "block height above assumevalid height")}),
        nothing);
    assert_equal(missing(n2, {enabled(chain.at(1), "block too recent relative to best header")}),
                 nothing);
    // No more than that: it is said at each change.
    const auto decisions = [](const Node& node) {
      return occurrences(node.log().since(0), "script verification at block #");
    };
    assert_equal(decisions(n0), 1U);
    assert_equal(decisions(n1), 2U);
    assert_equal(decisions(n2), 1U);
  });

  rig.subtest("not_in_best_header_chain", needs_log, [&] {
    // A longer branch of headers makes block 1 of the assumed-valid chain a side branch.
    Node& node = rig.add_node({assume_bad});
    node.start();
    Peer& peer = rig.connect_peer(node, pusher);
    ChainBuilder longer({.tag = "longer"});
    longer.mine(150);
    send_headers(peer, longer.headers());
    send_headers(peer, std::span(headers).first(kSpend + 1));
    assert_in_log(node, {enabled(chain.at(1), "block not in best header chain")}, [&] {
      peer.send_framed(bodies.front());
      peer.sync_with_ping();
    });
    assert_equal(node.tip(), chain.at(1).hash());
  });

  rig.subtest("not_in_assumevalid_chain", needs_log, [&] {
    Node& node = rig.add_node({assume_bad});
    node.start();
    Peer& peer = rig.connect_peer(node, pusher);
    ChainBuilder other({.tag = "other"});
    const BuiltBlock first = other.mine();
    send_headers(peer, std::span(headers).first(kSpend + 1));
    assert_in_log(node, {enabled(first, "block not in assumevalid chain")}, [&] {
      peer.send(BlockMessage{first.block()});
      peer.sync_with_ping();
    });
    assert_equal(node.tip(), first.hash());
  });

  // Looked at again by -reindex-chainstate, which no header download can race with.
  const auto assert_reason_on_reindex = [&](std::vector<std::string> arguments,
                                            std::string_view reason) {
    Node& node = rig.add_node();
    node.start();
    Peer& peer = rig.connect_peer(node, pusher);
    send_headers(peer, std::span(headers).first(200));
    peer.send_framed(bodies.front());
    peer.sync_with_ping();
    assert_equal(node.height(), 1);
    peer.disconnect();
    arguments.push_back("-reindex-chainstate");
    assert_in_log(node, {enabled(chain.at(1), reason)}, [&] { node.restart(arguments); });
    assert_equal(node.tip(), chain.at(1).hash());
  };

  rig.subtest("hash_not_in_headers", needs_log, [&] {
    assert_reason_on_reindex({"-assumevalid=" + std::string(64, '1')},
                             "assumevalid hash not in headers");
  });

  rig.subtest("below_minimum_chain_work", needs_log, [&] {
    assert_reason_on_reindex({assume_bad, "-minimumchainwork=0xffff"},
                             "best header chainwork below minimumchainwork");
  });
}
