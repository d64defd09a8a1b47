// How nodes' addresses travel.
//
//   peer: addr, addrv2 ---> node ---> one or two other peers, when they are few and fresh
//                              `----> the address manager, when their network is reachable
//   peer: getaddr      ---> node ---> at most 23 % of what it knows, the same for everybody for a
//                                     day; once a connection, and only to those who connected
//
// A peer may send one address in ten seconds beside a first allowance; what comes faster is left
// out and counted. Peers that sent sendaddrv2 are told of addresses on any network, others of IPv4
// and IPv6. Connections for blocks alone carry no addresses. The node speaks of its own address,
// too. Deliveries are random in time, about every 30 seconds, on the mock clock.

#include <noderig/framework/node/peer_info.h>
#include <noderig/scenario.h>
#include <algorithm>
#include <set>

namespace {

using namespace noderig;       // NOLINT(google-build-using-namespace)
using namespace noderig::p2p;  // NOLINT(google-build-using-namespace)

constexpr std::uint64_t kServices = kNodeNetwork | kNodeWitness;

AddressV2 ipv4(std::array<std::uint8_t, 4> bytes, std::chrono::sys_seconds time) {
  AddressV2 address{.time = time, .services = kServices, .port = 8333};
  for (const std::uint8_t byte : bytes) address.address.push_back(std::byte{byte});
  return address;
}

// One address of each network that nodes know.
std::vector<AddressV2> every_network(std::chrono::sys_seconds time) {
  const auto make = [&](AddressNetwork network, std::string_view hex, std::uint16_t port) {
    return AddressV2{.time = time,
                     .services = kServices,
                     .network = network,
                     .address = bytes_from_hex(hex),
                     .port = port};
  };
  return {make(AddressNetwork::Ipv4, "2d2d2d2d", 8333),  // 45.45.45.45
          make(AddressNetwork::Ipv6, "2a00145040010801000000000000200e", 8333),
          make(AddressNetwork::TorV3,
               "79bcc625184b05194975c28b66b66b0469f7f6556fb1ac3189a79b40dda32f1f", 8333),
          make(AddressNetwork::I2p,
               "a2894dabaec08c0051a481a6dac88b64f98232ae42d4b6fd2fa81952dfe36a87", 0),
          make(AddressNetwork::Cjdns, "fc000001000200030004000500060007", 8333)};
}

std::vector<std::string> texts(std::vector<AddressV2> addresses) {
  std::vector<std::string> texts;
  for (const AddressV2& address : addresses) {
    texts.push_back(fmt::format("{} {} {}", address.to_string(), address.services,
                                address.time.time_since_epoch().count()));
  }
  std::ranges::sort(texts);
  return texts;
}

std::vector<AddressV2> all_of(Peer& peer) {
  std::vector<AddressV2> addresses;
  for (const AddrV2& message : peer.drain<AddrV2>()) {
    addresses.insert(addresses.end(), message.addresses.begin(), message.addresses.end());
  }
  return addresses;
}

}  // namespace

NODERIG_SCENARIO(address_relay,
    .summary = "addresses are relayed to few, stored within limits and given out sparingly",
    .nodes = 2,
    .tags = {"p2p"},
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Major,
    .links = {"src/net_processing.cpp", "src/addrman.cpp", "BIP155"},
    .subtests = {"negotiation", "relay", "relay_to_two", "not_relayed", "every_network",
                 "rate_limit", "outbound", "own_address", "block_relay_only", "stored",
                 "getaddr"}) {
  // The second one's address manager has room: addresses push each other out of the few places
  // that those from one source have.
  auto& [node, empty_node] = rig.nodes<2>();
  auto now = regtest::kEpoch;
  const auto advance = [&](std::chrono::seconds time) { rig.set_mocktime(now += time); };
  // An inbound peer that takes part in address relay, which it does once it has sent a message
  // about addresses.
  const auto connect_relayer_to = [&](Node& to, const PeerOptions& options = {}) -> Peer& {
    Peer& peer = rig.connect_peer(to, options);
    peer.send(AddrV2{});
    await_sending(peer);
    return peer;
  };
  const auto connect_relayer = [&](const PeerOptions& options = {}) -> Peer& {
    return connect_relayer_to(node, options);
  };
  // Longer than any random delay between deliveries that a run will see (30 s on average), and as
  // long as it takes to earn the right to sixty addresses.
  constexpr std::chrono::seconds kLong = 10min;
  const auto deliver = [&](const std::vector<Peer*>& peers) {
    advance(kLong);
    for (Peer* peer : peers) await_sending(*peer);
  };
  const auto send = [&](Peer& peer, const std::vector<AddressV2>& addresses) {
    peer.send(AddrV2{.addresses = addresses});
    peer.sync_with_ping();
  };
  const auto counts = [&](const Peer& peer) {
    const Json info = peer_info(node, peer);
    return Json::array({info.at("addr_processed"), info.at("addr_rate_limited")});
  };
  std::uint8_t next_group = 1;  // every address in a group (/16) of its own, as far as they go
  const auto fresh = [&](std::size_t count) {
    std::vector<AddressV2> addresses;
    for (std::size_t i = 0; i < count; ++i) {
      addresses.push_back(ipv4({11, next_group, static_cast<std::uint8_t>(i / 250),
                                static_cast<std::uint8_t>(1 + i % 250)},
                               now));
    }
    ++next_group;
    return addresses;
  };

  rig.subtest("negotiation", [&] {
    Peer& modern = rig.connect_peer(node);
    modern.sync_with_ping();
    assert_equal(modern.count<SendAddrV2>(), 1U);
    Peer& old = rig.connect_peer(
        node, {.protocol_version = 70015, .wtxidrelay = false, .sendaddrv2 = false});
    old.sync_with_ping();
    assert_equal(old.count<SendAddrV2>(), 0U);
  });

  rig.subtest("relay", [&] {
    Peer& sender = connect_relayer();
    Peer& v2 = connect_relayer();
    Peer& v1 = connect_relayer({.sendaddrv2 = false});
    Peer& stranger = rig.connect_peer(node);  // has never spoken of addresses
    stranger.sync_with_ping();
    deliver({&sender, &v1, &v2, &stranger});
    const std::vector<AddressV2> addresses = fresh(10);
    send(sender, addresses);
    v2.expect_none<AddrV2>();  // not at once
    deliver({&sender, &v1, &v2, &stranger});
    assert_equal(texts(all_of(v2)), texts(addresses));
    std::vector<std::string> by_v1;
    for (const TimedAddress& address : v1.expect<Addr>().addresses) {
      by_v1.push_back(address.address.to_string());
    }
    std::vector<std::string> expected;
    for (const AddressV2& address : addresses) expected.push_back(address.to_string());
    std::ranges::sort(by_v1);
    std::ranges::sort(expected);
    assert_equal(by_v1, expected);
    v1.expect_none<AddrV2>();
    v2.expect_none<Addr>();
    sender.expect_none<AddrV2>();
    stranger.expect_none<AddrV2>();

    // What a peer knows is not sent to it again, within a day or so.
    send(sender, addresses);
    deliver({&v2});
    v2.expect_none<AddrV2>();
  });

  rig.subtest("relay_to_two", [&] {
    std::vector<Peer*> receivers;
    for (int i = 0; i < 5; ++i) receivers.push_back(&connect_relayer());
    Peer& sender = connect_relayer();
    deliver({&sender});
    for (const std::size_t count : {1, 10}) {
      const std::vector<AddressV2> sent = fresh(count);
      send(sender, sent);
      deliver(receivers);
      std::vector<AddressV2> twice = sent;
      twice.insert(twice.end(), sent.begin(), sent.end());
      std::vector<AddressV2> received;
      for (Peer* peer : receivers) {
        const std::vector<AddressV2> some = all_of(*peer);
        received.insert(received.end(), some.begin(), some.end());
      }
      assert_equal(texts(received), texts(twice));
    }
  });

  rig.subtest("not_relayed", [&] {
    Peer& sender = connect_relayer();
    Peer& receiver = connect_relayer();
    deliver({&sender, &receiver});
    send(sender, fresh(11));  // too many at once
    const std::vector<AddressV2> known = fresh(1);
    send(receiver, known);  // the receiver knows it itself
    std::vector<AddressV2> odd = fresh(3);
    odd[0].time = now - 10min;                    // seen too long ago
    odd[1].services = 0;                          // offers nothing
    odd[2].address = bytes_from_hex("0a000001");  // 10.0.0.1: not routable
    odd.push_back(ipv4({127, 0, 0, 1}, now));
    odd.push_back(known.front());
    send(sender, odd);
    deliver({&receiver});
    receiver.expect_none<AddrV2>();
    // All came through but the one that offers nothing.
    assert_equal(counts(sender), Json::array({15, 0}));
  });

  rig.subtest("every_network", [&] {
    Peer& sender = connect_relayer();
    Peer& v2 = connect_relayer();
    Peer& v1 = connect_relayer({.sendaddrv2 = false});
    deliver({&sender, &v2, &v1});
    const std::vector<AddressV2> addresses = every_network(now);
    std::vector<AddressV2> sent = addresses;
    // Of a network that nobody knows, and of one that is gone: passed over.
    sent.push_back({.time = now,
                    .services = kServices,
                    .network = static_cast<AddressNetwork>(99),
                    .address = Bytes(7),
                    .port = 8333});
    sent.push_back({.time = now,
                    .services = kServices,
                    .network = AddressNetwork::TorV2,
                    .address = Bytes(10, std::byte{1}),
                    .port = 8333});
    send(sender, sent);
    deliver({&v2, &v1});
    assert_equal(texts(all_of(v2)), texts(addresses));
    assert_equal(v1.expect<Addr>().addresses.size(), 2U);  // IPv4 and IPv6
    v1.expect_none<AddrV2>();
  });

  rig.subtest("rate_limit", [&] {
    Peer& peer = rig.connect_peer(node);
    assert_equal(counts(peer), Json::array({0, 0}));
    send(peer, fresh(10));  // one to begin with
    assert_equal(counts(peer), Json::array({1, 9}));
    advance(50s);
    send(peer, fresh(10));  // one every ten seconds
    assert_equal(counts(peer), Json::array({6, 14}));
    advance(5s);
    send(peer, fresh(1));
    assert_equal(counts(peer), Json::array({6, 15}));

    // Patience pays up to a thousand.
    for (auto waited = 0s; waited < 11'000s; waited += 1'000s) {
      advance(1'000s);
      peer.sync_with_ping();
    }
    send(peer, fresh(600));
    send(peer, fresh(600));
    assert_equal(counts(peer), Json::array({1'006, 215}));
  });

  rig.subtest("outbound", [&] {
    // The node asks peers that it has chosen, takes all that one answer holds, and passes none of
    // it on. They get no answer to the same question.
    Peer& receiver = connect_relayer();
    Peer& outbound = rig.accept_peer(node);
    outbound.expect<GetAddr>();
    send(outbound, fresh(10));
    assert_equal(counts(outbound), Json::array({10, 0}));
    send(outbound, fresh(AddrV2::kMaxAddresses));
    assert_equal(counts(outbound), Json::array({1'001, 9}));
    deliver({&receiver});
    const int id = peer_id(node, outbound);
    assert_in_log(
        node,
        {fmt::format("Ignoring \"getaddr\" from outbound-full-relay connection. peer={}", id)},
        [&] { outbound.send(GetAddr{}); });
    deliver({&outbound});
    outbound.expect_none<AddrV2>();
  });

  rig.subtest("own_address", [&] {
    Node& listening = rig.add_node({"-externalip=46.46.46.46"});
    listening.start();
    // To outbound peers at once, to inbound ones when they speak of addresses.
    Peer& outbound = rig.accept_peer(listening);
    const std::vector<AddressV2> own = {{.time = listening.mocktime().value(),
                                         .services = outbound.node_version().services,
                                         .address = bytes_from_hex("2e2e2e2e"),
                                         .port = listening.p2p_port()}};
    assert_equal(texts(outbound.expect<AddrV2>().addresses), texts(own));
    Peer& inbound = rig.connect_peer(listening);
    await_sending(inbound);
    inbound.expect_none<AddrV2>();
    inbound.send(AddrV2{});
    assert_equal(texts(inbound.expect<AddrV2>().addresses), texts(own));
    inbound.expect_none<AddrV2>();
  });

  rig.subtest("block_relay_only", [&] {
    Peer& blocks_only = rig.accept_peer(node, "block-relay-only");
    Peer& sender = connect_relayer();
    blocks_only.sync_with_ping();
    blocks_only.expect_none<GetAddr>();
    assert_equal(peer_info(node, blocks_only).at("addr_relay_enabled"), false);
    assert_in_log(node,
                  {fmt::format("ignoring addrv2 message from block-relay-only peer={}",
                               peer_id(node, blocks_only))},
                  [&] { send(blocks_only, fresh(1)); });
    assert_equal(counts(blocks_only), Json::array({0, 0}));
    deliver({&sender});
    send(sender, fresh(1));
    deliver({&blocks_only});
    blocks_only.expect_none<AddrV2>();
  });

  const auto known_addresses = [&](const std::string& network) {
    std::vector<std::string> known;
    for (const Json& entry : empty_node.rpc("getnodeaddresses", 0, network)) {
      known.push_back(entry.at("address"));
    }
    return known;
  };

  rig.subtest("stored", [&] {
    Peer& sender = connect_relayer_to(empty_node);
    deliver({&sender});
    std::vector<AddressV2> addresses = every_network(now);
    addresses.erase(addresses.begin() + 1);  // IPv6: no second one to be stored
    send(sender, addresses);
    // Stored with the time two hours back, as hearsay; not stored when there is no way to that
    // network.
    const std::string ip = ip_to_string(addresses[0].address);
    const Json all = empty_node.rpc("getnodeaddresses", 0, "ipv4");
    const auto entry = std::ranges::find_if(
        all, [&](const Json& candidate) { return candidate.at("address") == ip; });
    assert_true(entry != all.end());
    assert_equal(entry->at("port"), 8333);
    assert_equal(entry->at("services"), kServices);
    assert_equal(entry->at("time"), (now - 2h).time_since_epoch().count());
    assert_equal(known_addresses("onion"), std::vector<std::string>{});

    // Told by its owner, any address is.
    const std::string onion = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
    const std::string i2p = "c4gfnttsuwqomiygupdqqqyy5y5emnk5c73hrfvatri67prd7vyq.b32.i2p";
    assert_equal(empty_node.rpc("addpeeraddress", onion, 8333).at("success"), true);
    assert_equal(empty_node.rpc("addpeeraddress", i2p, 0).at("success"), true);
    assert_equal(known_addresses("onion"), std::vector{onion});
    assert_equal(known_addresses("i2p"), std::vector{i2p});
    assert_equal(empty_node.rpc("getnodeaddresses", 1).size(), 1U);
    assert_raises_rpc_error(-8, "Address count out of range",
                            [&] { empty_node.rpc("getnodeaddresses", -1); });
    assert_raises_rpc_error(-8, "Network not recognized: carrier pigeon",
                            [&] { empty_node.rpc("getnodeaddresses", 1, "carrier pigeon"); });
  });

  rig.subtest("getaddr", [&] {
    std::vector<rpc::BatchCall> calls;
    for (int group = 1; group <= 200; ++group) {
      calls.push_back({"addpeeraddress", Json::array({fmt::format("12.{}.0.1", group), 8333})});
    }
    empty_node.rpc.batch(calls);
    std::set<std::string> known;
    for (const Json& entry : empty_node.rpc("getnodeaddresses", 0))
      known.insert(entry.at("address"));
    assert_greater_than(known.size(), 100U);

    const auto ask = [&] {
      Peer& peer = rig.connect_peer(empty_node);
      peer.send(GetAddr{});
      await_sending(peer);
      const std::vector<AddressV2> answer = all_of(peer);
      // A second question on the same connection gets no answer.
      assert_in_log(
          empty_node,
          {fmt::format("Ignoring repeated \"getaddr\". peer={}", peer_id(empty_node, peer))},
          [&] { peer.send(GetAddr{}); });
      deliver({&peer});
      peer.expect_none<AddrV2>();
      peer.disconnect();
      return answer;
    };
    const std::vector<AddressV2> first = ask();
    assert_equal(first.size(), known.size() * 23 / 100);
    for (const AddressV2& address : first) {
      if (address.network != AddressNetwork::Ipv4) continue;
      assert_true(known.contains(ip_to_string(address.address)));
    }
    // Everybody gets the same, so that asking often does not give the whole away, for a day.
    assert_equal(texts(ask()), texts(first));
    advance(28h);
    assert_not_equal(texts(ask()), texts(first));
  });
}
