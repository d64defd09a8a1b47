// Whom a node keeps: pings and what it makes of the pongs, peers that never finish the handshake or
// fall silent, and peers it is told to drop or to ban. All of it on the node's mock clock.
//
//   handshake   |---- 60 s (-peertimeout) ----| dropped unless complete
//   pings       |- 2 min -|- 2 min -|           one at a time, none while a pong is due
//   pong        |------------ 20 min ------------| dropped when it has not come
//   silence     |------------ 20 min ------------| dropped when nothing was received at all

#include <noderig/framework/node/peer_info.h>
#include <noderig/scenario.h>
#include <algorithm>

NODERIG_SCENARIO(ping_timeout,
    .summary = "pings are measured, and silent, banned and unwanted peers go",
    .tags = {"p2p"},
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Moderate,
    .links = {"src/net.cpp", "src/net_processing.cpp", "src/banman.cpp", "BIP31"},
    .subtests = {"ping_times", "ping_at_once", "wrong_pong", "ping_timeout", "handshake_timeout",
                 "peertimeout_option", "receive_timeout", "disconnectnode", "ban", "ban_ends",
                 "ban_list"},
    .start = Start::Manual) {
  Node& node = rig.node(0);
  // A node with v2 transport takes whatever is no v1 version message for the beginning of v2.
  if (rig.can("option:v2transport")) node.set_arguments({"-v2transport=0"});
  node.start();
  constexpr std::chrono::seconds kPingInterval = 2min;
  constexpr std::chrono::seconds kTimeout = 20min;
  constexpr std::chrono::seconds kPeerTimeout = 60s;

  // What getpeerinfo says about pings; a field that is not there is null.
  const auto ping_fields = [&](const Peer& peer) {
    const Json info = peer_info(node, peer);
    return Json::array({info.value("pingtime", Json()), info.value("minping", Json()),
                        info.value("pingwait", Json())});
  };
  const auto fields = [](const Json& time, const Json& least, const Json& wait) {
    return Json::array({time, least, wait});
  };
  const Json none;
  const auto next_ping = [&](Peer& peer) {
    node.advance_mocktime(kPingInterval + 1s);
    await_sending(peer);
    const std::optional<Ping> ping = peer.poll<Ping>();
    assert_true(ping.has_value());
    assert_not_equal(ping->nonce, 0U);
    return *ping;
  };
  const PeerOptions no_pong{.auto_pong = false};

  // ---- Pings

  rig.subtest("ping_times", [&] {
    Peer& peer = rig.connect_peer(node, no_pong);
    // The first ping follows the handshake; pings are measured on the mock clock.
    const Ping first = peer.expect<Ping>();
    assert_equal(ping_fields(peer), fields(none, none, none));
    node.advance_mocktime(3s);
    assert_equal(ping_fields(peer), fields(none, none, 3));
    const auto answer = [&](const Ping& ping) {
      peer.send(Pong{.nonce = ping.nonce});
      peer.sync_with_ping();
    };
    answer(first);
    assert_equal(ping_fields(peer), fields(3, 3, none));

    node.advance_mocktime(kPingInterval - 3s);  // since the first ping was sent
    await_sending(peer);
    assert_equal(peer.untaken<Ping>(), 0U);
    node.advance_mocktime(1s);
    await_sending(peer);
    const Ping second = peer.poll<Ping>().value();
    node.advance_mocktime(29s);
    answer(second);
    assert_equal(ping_fields(peer), fields(29, 3, none));  // slower: the least time stays

    const Ping third = next_ping(peer);
    node.advance_mocktime(1s);
    answer(third);
    assert_equal(ping_fields(peer), fields(1, 1, none));

    // Another ping does not go out while a pong is due.
    next_ping(peer);
    node.advance_mocktime(kPingInterval + 1s);
    await_sending(peer);
    assert_equal(peer.untaken<Ping>(), 0U);
    assert_equal(ping_fields(peer), fields(1, 1, (kPingInterval + 1s).count()));
  });

  rig.subtest("ping_at_once", [&] {
    Peer& peer = rig.connect_peer(node);
    peer.expect<Ping>();
    peer.sync_with_ping();
    node.rpc("ping");
    assert_not_equal(peer.expect<Ping>().nonce, 0U);
  });

  rig.subtest("wrong_pong", [&] {
    Peer& peer = rig.connect_peer(node, no_pong);
    const std::string who = fmt::format("pong peer={}: ", peer_id(node, peer));
    const auto answer = [&](const std::string& line, const Bytes& payload) {
      assert_in_log(node, {who + line}, [&] { peer.send_raw(Pong::kCommand, payload); });
      peer.sync_with_ping();
    };
    const auto nonce_bytes = [](std::uint64_t nonce) { return encode_of(Pong{.nonce = nonce}); };

    peer.expect<Ping>();
    answer("Short payload", {});  // ends the wait without a time
    assert_equal(ping_fields(peer), fields(none, none, none));
    answer("Unsolicited pong without ping, 0 expected, 1 received, 8 bytes", nonce_bytes(1));
    assert_equal(ping_fields(peer), fields(none, none, none));

    const Ping second = next_ping(peer);
    node.advance_mocktime(9s);
    answer("Nonce mismatch", nonce_bytes(second.nonce - 1));  // goes on waiting for the right one
    assert_equal(ping_fields(peer), fields(none, none, 9));
    answer("Nonce zero", nonce_bytes(0));  // some old implementation's bug: ends the wait
    assert_equal(ping_fields(peer), fields(none, none, none));
  });

  rig.subtest("ping_timeout", [&] {
    Peer& peer = rig.connect_peer(node, no_pong);
    const int id = peer_id(node, peer);
    peer.expect<Ping>();
    // Other messages show that the peer is alive, but do not stand for the pong.
    node.advance_mocktime(kTimeout / 2);
    peer.sync_with_ping();
    node.advance_mocktime(kTimeout / 2);
    peer.sync_with_ping();
    assert_equal(ping_fields(peer), fields(none, none, kTimeout.count()));
    assert_equal(peer.untaken<Ping>(), 0U);  // while a pong is due
    assert_in_log(node, {fmt::format("ping timeout: 1201.000000s, disconnecting peer={}", id)},
                  [&] { node.advance_mocktime(1s); });
    peer.expect_disconnect();
  });

  // ---- Silence

  // A peer that waits for the scenario to send its version or verack. Returns when the node knows
  // of it.
  const auto connect_silent = [&](PeerOptions options) -> Peer& {
    Peer& peer = rig.connect_peer(node, options);
    await_listed(node, peer);
    return peer;
  };

  rig.subtest("handshake_timeout", [&] {
    Peer& alive = rig.connect_peer(node);
    Peer& mute = connect_silent({.auto_version = false});
    Peer& chatty = connect_silent({.auto_version = false});
    Peer& half = connect_silent({.auto_verack = false});
    half.expect<Verack>();
    chatty.send(Ping{.nonce = 1});  // no version, and so never answered
    chatty.flush();

    const std::string never_sent = "socket no message in first 60 seconds, never sent to peer, ";
    const std::string never_any =
        "socket no message in first 60 seconds, never received from peer, never sent to peer, ";
    const std::vector<std::string> lines = {
        fmt::format("{}disconnecting peer={}", never_any, peer_id(node, mute)),
        fmt::format("{}disconnecting peer={}", never_sent, peer_id(node, chatty)),
        fmt::format("version handshake timeout, disconnecting peer={}", peer_id(node, half))};
    node.advance_mocktime(kPeerTimeout);
    await_sending(alive);  // meanwhile the node has looked at all its sockets
    await_sending(alive);
    assert_equal(node.rpc("getpeerinfo").size(), 4U);

    assert_in_log(node, lines, [&] { node.advance_mocktime(1s); });
    for (Peer* peer : {&mute, &chatty, &half}) peer->expect_disconnect();
    alive.sync_with_ping();
  });

  rig.subtest("peertimeout_option", [&] {
    Node& other = rig.add_node();
    other.assert_start_fails({"-peertimeout=0"}, "peertimeout must be a positive integer.");
  });

  rig.subtest("receive_timeout", [&] {
    // A peer that takes what the node sends and says nothing itself.
    Peer& peer = rig.connect_peer(node);
    peer.expect<Ping>();
    peer.sync_with_ping();
    const int id = peer_id(node, peer);
    Peer& silent = rig.connect_peer(node, no_pong);
    silent.send(Pong{.nonce = silent.expect<Ping>().nonce});
    silent.sync_with_ping();
    const int silent_id = peer_id(node, silent);

    node.advance_mocktime(kTimeout - 1min);
    peer.sync_with_ping();
    silent.expect<Ping>();  // so that the node has sent something lately, and no pong is overdue
    assert_in_log(
        node, {fmt::format("socket receive timeout: 1201s, disconnecting peer={}", silent_id)},
        [&] { node.advance_mocktime(1min + 1s); }, {fmt::format("disconnecting peer={}", id)});
    silent.expect_disconnect();
    assert_equal(silent.untaken<Ping>(), 0U);
    peer.sync_with_ping();
  });

  // ---- Orders

  rig.subtest("disconnectnode", [&] {
    Peer& by_address = rig.connect_peer(node);
    Peer& by_id = rig.connect_peer(node);
    Peer& stays = rig.connect_peer(node);
    const int id = peer_id(node, by_id);

    const auto disconnect = [&](const Json& arguments) {
      node.rpc.named("disconnectnode", arguments);
    };
    assert_raises_rpc_error(-32602, "Only one of address and nodeid should be provided.", [&] {
      disconnect({{"address", by_address.local_address()}, {"nodeid", id}});
    });
    constexpr int kNotConnected = -29;
    assert_raises_rpc_error(kNotConnected, "Node not found in connected nodes", [&] {
      disconnect({{"address", "221B Baker Street"}});
    });
    assert_raises_rpc_error(kNotConnected, "Node not found in connected nodes", [&] {
      disconnect({{"nodeid", id + 1000}});
    });

    disconnect({{"address", by_address.local_address()}});
    by_address.expect_disconnect();
    disconnect({{"nodeid", id}});
    by_id.expect_disconnect();
    stays.sync_with_ping();
    peer_info(node, stays);
    assert_raises_rpc_error(kNotConnected, "Node not found in connected nodes", [&] {
      disconnect({{"nodeid", id}});
    });
  });

  const auto host_of = [](const Peer& peer) {
    return peer.local_address().substr(0, peer.local_address().rfind(':'));
  };
  const auto banned = [&] {
    std::vector<std::string> addresses;
    for (const Json& ban : node.rpc("listbanned")) addresses.push_back(ban.at("address"));
    return addresses;
  };
  using Addresses = std::vector<std::string>;
  // Bans outlast the sub-test that makes them.
  struct Unban {
    const Node& node;
    ~Unban() {
      try {
        node.rpc("clearbanned");
      } catch (const std::exception&) {  // the node is gone, and its bans with it
      }
    }
  };

  rig.subtest("ban", [&] {
    const Unban unban{node};
    Peer& bad = rig.connect_peer(node);
    Peer& good = rig.connect_peer(node);
    const std::string host = host_of(bad);
    node.rpc("setban", host, "add");
    bad.expect_disconnect();
    good.sync_with_ping();
    assert_equal(banned(), Addresses{host + "/32"});

    // Whoever comes from there is turned away at the door.
    const PeerOptions returning{.bind_address = host, .handshake = Handshake::None};
    Peer* again = nullptr;
    const std::string dropped = fmt::format("connection from {}:", host);
    assert_in_log(node, {dropped, " dropped (banned)"},
                  [&] { again = &rig.connect_peer(node, returning); });
    again->expect_disconnect();

    node.rpc("setban", host, "remove");
    assert_equal(banned(), Addresses{});
    Peer& pardoned = rig.connect_peer(node, {.bind_address = host});

    // A subnet holds all of the rig's peers.
    node.rpc("setban", "127.0.0.0/8", "add");
    good.expect_disconnect();
    pardoned.expect_disconnect();
    assert_equal(banned(), Addresses{"127.0.0.0/8"});
    rig.connect_peer(node, returning).expect_disconnect();
  });

  rig.subtest("ban_ends", [&] {
    const Unban unban{node};
    Peer& peer = rig.connect_peer(node);
    const std::string host = host_of(peer);
    constexpr std::chrono::seconds kBan = 60s;
    node.rpc("setban", host, "add", kBan.count());
    peer.expect_disconnect();
    node.advance_mocktime(kBan - 1s);
    const Json ban = node.rpc("listbanned").at(0);
    assert_equal(ban.at("ban_duration"), kBan.count());
    assert_equal(ban.at("time_remaining"), 1);
    assert_equal(ban.at("banned_until"), ban.at("ban_created").get<std::int64_t>() + kBan.count());
    node.advance_mocktime(2s);
    assert_equal(banned(), Addresses{});
    rig.connect_peer(node, {.bind_address = host}).sync_with_ping();
  });

  rig.subtest("ban_list", [&] {
    const Unban unban{node};
    constexpr std::int64_t kDay = 24 * 60 * 60;
    const std::string onion = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
    const auto set = [&](const Json& arguments) { node.rpc.named("setban", arguments); };
    const auto add = [&](const std::string& subnet) {
      set({{"subnet", subnet}, {"command", "add"}});
    };
    add("198.51.100.0/24");
    add("2001:db8::/32");
    add(onion);
    const std::int64_t now = node.mocktime()->time_since_epoch().count();
    set({{"subnet", "203.0.113.7"},
         {"command", "add"},
         {"bantime", now + 120},
         {"absolute", true}});

    constexpr int kAlreadyBanned = -23;
    constexpr int kBadSubnet = -30;
    constexpr int kBadParameter = -8;
    assert_raises_rpc_error(kAlreadyBanned, "IP/Subnet already banned",
                            [&] { add("198.51.100.9"); });
    assert_raises_rpc_error(kBadSubnet, "Invalid IP/Subnet", [&] { add("198.51.100.9/42"); });
    assert_raises_rpc_error(kBadSubnet, "Unban failed", [&] {
      set({{"subnet", "198.51.100.9"}, {"command", "remove"}});
    });
    assert_raises_rpc_error(kBadParameter, "Absolute timestamp is in the past", [&] {
      set({{"subnet", "192.0.2.1"}, {"command", "add"}, {"bantime", 123}, {"absolute", true}});
    });

    // Another start finds the bans in the data directory.
    const Json before = node.rpc("listbanned");
    assert_equal(banned(), Addresses{"198.51.100.0/24", "203.0.113.7/32", "2001:db8::/32", onion});
    assert_equal(before.at(0).at("ban_created"), now);
    assert_equal(before.at(0).at("ban_duration"), kDay);
    assert_equal(before.at(1).at("ban_duration"), 120);
    node.restart();
    const Json after = node.rpc("listbanned");
    assert_equal(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      for (const char* const field : {"address", "ban_created", "banned_until"}) {
        assert_equal(after.at(i).at(field), before.at(i).at(field));
      }
    }
  });
}
