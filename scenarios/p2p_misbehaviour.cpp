// What a node does with a peer that breaks the protocol, and that it serves its other peers all the
// while. There are three ways to answer, each with its line in the log:
//
//   ignored       the message is dropped and the peer stays: wrong checksum, bad or unknown
//   command,
//                 a payload that does not decode, messages at a time when nobody may send them
//   disconnected  the connection is closed: no frame to go on from (wrong magic, announced length
//                 over the limit), version too old, a connection to itself, services not offered
//   punished      the peer misbehaves, and no sound implementation does that: lists over their
//                 limit, headers without work, mutated blocks. It is closed, and its address
//                 discouraged if it is none of the node's own machine
//
// Each sub-test's peers are strangers; one well-behaved peer is there from the first to the last.

#include <noderig/framework/node/peer_info.h>
#include <noderig/p2p/primitives/pow.h>
#include <noderig/p2p/transport/v1.h>
#include <noderig/scenario.h>
#include <algorithm>

NODERIG_SCENARIO(p2p_misbehaviour,
    .summary = "peers that break the protocol are ignored, disconnected or punished",
    .tags = {"p2p"},
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Serious,
    .links = {"src/net.cpp", "src/net_processing.cpp"},
    .subtests = {"split_message", "wrong_magic", "oversized_message", "wrong_checksum",
                 "invalid_command", "unknown_command", "message_before_version",
                 "message_before_verack", "redundant_handshake", "late_negotiation",
                 "obsolete_version", "missing_services", "self_connection", "oversized_list",
                 "oversized_locator", "malformed_payload", "unoffered_service", "bloom_limits",
                 "invalid_headers", "mutated_block", "invalid_compact_block", "invalid_block"},
    .start = Start::Manual) {
  Node& node = rig.node(0);
  // A node with v2 transport takes whatever is no v1 version message for the beginning of v2.
  std::vector<std::string> arguments = {"-peerbloomfilters=0"};
  if (rig.can("option:v2transport")) arguments.push_back("-v2transport=0");
  node.set_arguments(arguments);
  node.start();
  const BuiltBlock tip = [&] {
    ChainBuilder chain = node.chain();
    const BuiltBlock block = chain.mine();
    assert_equal(node.submit(block.block()), "");
    return block;
  }();
  node.finish_validation();  // no announcement of it goes to later peers
  Peer& bystander = rig.connect_peer(node, {.name = "bystander"});

  const auto assert_serves_others = [&] {
    bystander.send(GetHeaders{.locator = {.hashes = {regtest::genesis_hash()}}});
    const Headers answer = bystander.expect<Headers>();
    assert_equal(answer.headers.size(), 1U);
    assert_equal(answer.headers[0].hash(), tip.hash());
    bystander.expect_none<Headers>();
  };

  // The three answers. `act` breaks the protocol; `line` is what the node logs for it, up to the
  // number that it gives the peer. Who is to leave is awaited at the sub-test's end, together.
  std::vector<Peer*> leaving;
  const auto ignored = [&](Peer& peer, const std::string& line, const auto& act) {
    assert_in_log(node, {fmt::format("{} peer={}", line, peer_id(node, peer))}, act);
    peer.sync_with_ping();
  };
  const auto disconnected = [&](Peer& peer, const std::string& line, const auto& act) {
    assert_in_log(node, {fmt::format("{} peer={}", line, peer_id(node, peer))}, act);
    leaving.push_back(&peer);
  };
  const auto punished = [&](Peer& peer, std::string_view reason, const auto& act) {
    const int id = peer_id(node, peer);
    assert_in_log(node, {fmt::format("Misbehaving: peer={}: {}", id, reason)}, act);
    leaving.push_back(&peer);
  };
  const auto subtest = [&](const std::string& name, const std::function<void()>& body) {
    rig.subtest(name, [&] {
      leaving.clear();
      body();
      for (Peer* peer : leaving) peer->expect_disconnect();
      assert_serves_others();
    });
  };

  // A peer that sends its version, or nothing, when the scenario says so.
  const auto connect_silent = [&](PeerOptions options = {}) -> Peer& {
    options.auto_version = false;
    Peer& peer = rig.connect_peer(node, options);
    await_listed(node, peer);
    return peer;
  };

  const Bytes two_bytes = bytes_from_hex("0164");
  const auto other_bytes = [&](Peer& peer) {
    return peer_info(node, peer).at("bytesrecv_per_msg").value("*other*", 0);
  };

  // ---- The frame

  subtest("split_message", [&] {
    // A message may come in any number of pieces.
    Peer& peer = rig.connect_peer(node, {.auto_pong = false});  // it would go out between pieces
    peer.sync_with_ping();
    const Bytes ping = frame(peer.magic(), Ping{.nonce = 0x1234});
    for (const std::size_t cut : {std::size_t{1}, kFrameHeaderSize - 1, kFrameHeaderSize + 3}) {
      const Json before = peer_info(node, peer).at("bytesrecv");
      peer.send_bytes(ByteSpan(ping).first(cut));
      peer.flush();
      await_sending(bystander);  // the node has read all that waits in its sockets
      assert_equal(peer_info(node, peer).at("bytesrecv"), before.get<std::uint64_t>() + cut);
      assert_equal(peer.untaken<Pong>(), 0U);
      peer.send_bytes(ByteSpan(ping).subspan(cut));
      assert_equal(peer.expect<Pong>().nonce, 0x1234U);
    }
  });

  subtest("wrong_magic", [&] {
    Peer& peer = rig.connect_peer(node);
    disconnected(peer, "Header error: Wrong MessageStart ffffffff received,", [&] {
      peer.send_bytes(broken_frame(peer.magic(), "badmsg", two_bytes,
                                   {.magic = NetworkMagic{0xff, 0xff, 0xff, 0xff}}));
    });
  });

  subtest("oversized_message", [&] {
    // The length alone is enough: the node does not wait for the payload.
    Peer& peer = rig.connect_peer(node);
    disconnected(peer, "Header error: Size too large (badmsg, 4000001 bytes),", [&] {
      peer.send_bytes(broken_frame(peer.magic(), "badmsg", {}, {.length = kMaxPayloadSize + 1}));
    });

    Peer& largest = rig.connect_peer(node);
    largest.send_raw("badmsg", Bytes(kMaxPayloadSize));
    largest.sync_with_ping();
    assert_equal(other_bytes(largest), kFrameHeaderSize + kMaxPayloadSize);
  });

  subtest("wrong_checksum", [&] {
    Peer& peer = rig.connect_peer(node);
    const std::string right = to_hex(checksum_of(two_bytes));
    const Checksum wrong{std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}};
    ignored(peer,
            fmt::format("Header error: Wrong checksum (badmsg, 2 bytes), expected {} was ffffffff,",
                        right),
            [&] {
              peer.send_bytes(broken_frame(peer.magic(), "badmsg", two_bytes, {.checksum = wrong}));
            });
    assert_equal(other_bytes(peer), kFrameHeaderSize + two_bytes.size());

    // A message that the node knows is not carried out either.
    const Bytes nonce = encode_of(Ping{.nonce = 7});
    peer.send_bytes(broken_frame(peer.magic(), "ping", nonce, {.checksum = wrong}));
    peer.expect_none<Pong>();
  });

  subtest("invalid_command", [&] {
    using Command = std::array<char, kCommandSize>;
    Peer& peer = rig.connect_peer(node);
    const auto error = [](std::string_view shown) {
      return fmt::format("Header error: Invalid message type ({}, 2 bytes),", shown);
    };
    ignored(peer, error("ping"), [&] {  // bytes behind the padding
      peer.send_bytes(broken_frame(peer.magic(), "", two_bytes,
                                   {.command = Command{'p', 'i', 'n', 'g', '\0', 'x'}}));
    });
    ignored(peer, error("pi"), [&] {  // no printable character, left out of the log
      peer.send_bytes(
          broken_frame(peer.magic(), "", two_bytes, {.command = Command{'p', '\x01', 'i'}}));
    });
    assert_equal(other_bytes(peer), 2 * (kFrameHeaderSize + two_bytes.size()));
  });

  subtest("unknown_command", [&] {
    Peer& peer = rig.connect_peer(node);
    ignored(peer, "\"pigeon\" from", [&] { peer.send_raw("pigeon", two_bytes); });
    assert_equal(other_bytes(peer), kFrameHeaderSize + two_bytes.size());
    ignored(peer, "\"\" from", [&] { peer.send_raw("", {}); });
  });

  // ---- The handshake

  subtest("message_before_version", [&] {
    Peer& peer = connect_silent();
    assert_in_log(
        node,
        {fmt::format("non-version message before version handshake. Message \"getaddr\" "
                     "from peer={}",
                     peer_id(node, peer)),
         "Message \"ping\" from", "Message \"getheaders\" from", "Message \"verack\" from"},
        [&] {
          peer.send(GetAddr{});
          peer.send(Ping{.nonce = 1});
          peer.send(GetHeaders{.locator = {.hashes = {regtest::genesis_hash()}}});
          peer.send(Verack{});
        });
    assert_equal(peer.messages_since().size(),
                 0U);  // the node has answered nothing, not even with its version
    // The connection is as good as before.
    peer.send(Version{.services = kNodeNetwork | kNodeWitness});
    peer.await_handshake();
    peer.expect_none<Pong>();
  });

  subtest("message_before_verack", [&] {
    Peer& peer = connect_silent({.auto_verack = false});
    peer.send(Version{.services = kNodeNetwork | kNodeWitness});
    assert_in_log(node,
                  {fmt::format("Unsupported message \"getaddr\" prior to verack from peer={}",
                               peer_id(node, peer)),
                   "\"ping\" prior to verack", "\"getheaders\" prior to verack"},
                  [&] {
                    peer.send(GetAddr{});
                    peer.send(Ping{.nonce = 1});
                    peer.send(GetHeaders{.locator = {.hashes = {regtest::genesis_hash()}}});
                  });
    // All that the node has said is its part of the handshake. Ours has to be out before verack.
    peer.expect<Verack>();
    const std::vector<std::string_view> handshake = {Version::kCommand,    WtxidRelay::kCommand,
                                                     SendAddrV2::kCommand, SendTxRcncl::kCommand,
                                                     Feature::kCommand,    Verack::kCommand};
    for (const Received& received : peer.messages_since()) {
      assert_true(std::ranges::find(handshake, received.command) != handshake.end());
    }
    peer.send(Verack{});
    peer.await_handshake();
    peer.expect_none<Pong>();
  });

  subtest("redundant_handshake", [&] {
    Peer& peer = rig.connect_peer(node);
    const Json before = peer_info(node, peer);
    ignored(peer, "redundant version message from", [&] {
      peer.send(Version{.services = 0, .user_agent = "/somebody else/", .start_height = 1000});
    });
    ignored(peer, "ignoring redundant verack message from", [&] { peer.send(Verack{}); });
    const Json after = peer_info(node, peer);
    for (const char* const field : {"subver", "services", "version"}) {
      assert_equal(after.at(field), before.at(field));
    }
  });

  subtest("late_negotiation", [&] {
    // What a peer can do is settled before verack.
    Peer& wtxid = rig.connect_peer(node);
    disconnected(wtxid, "wtxidrelay received after verack, disconnecting",
                 [&] { wtxid.send(WtxidRelay{}); });
    Peer& addrv2 = rig.connect_peer(node);
    disconnected(addrv2, "sendaddrv2 received after verack, disconnecting",
                 [&] { addrv2.send(SendAddrV2{}); });
  });

  subtest("obsolete_version", [&] {
    constexpr std::int32_t kOldest = 31800;
    Peer& old = connect_silent();
    disconnected(old, "peer using obsolete version 31799, disconnecting",
                 [&] { old.send(Version{.version = kOldest - 1}); });
    assert_equal(old.messages_since().size(), 0U);

    Peer& oldest = connect_silent({.wtxidrelay = false, .sendaddrv2 = false});
    oldest.send(Version{.version = kOldest});
    oldest.await_handshake();
    assert_equal(peer_info(node, oldest).at("version"), kOldest);
    oldest.disconnect();  // it cannot be asked by a ping whether all is well: pongs came later
  });

  subtest("missing_services", [&] {
    // An outbound peer is wanted for its blocks; whoever comes in may offer nothing.
    Peer& useless = rig.accept_peer(node, "outbound-full-relay", {.auto_version = false});
    disconnected(useless,
                 "peer does not offer the expected services (00000001 offered, 00000009 expected), "
                 "disconnecting",
                 [&] { useless.send(Version{.services = kNodeNetwork}); });
    rig.connect_peer(node, {.services = 0}).sync_with_ping();
  });

  subtest("self_connection", [&] {
    // A node knows its own nonce when that comes back to it.
    Peer& outbound = rig.accept_peer(node, "outbound-full-relay", {.auto_version = false});
    const std::uint64_t nonce = outbound.expect<Version>().nonce;
    Peer& mirror = connect_silent();
    assert_in_log(node, {"connected to self at " + mirror.local_address() + ", disconnecting"},
                  [&] { mirror.send(Version{.nonce = nonce}); });
    leaving.push_back(&mirror);

    const std::string own_address = node.p2p_address();
    assert_in_log(node, {"connected to self at "},
                  [&] { node.rpc("addnode", own_address, "onetry"); });
  });

  // ---- Contents

  subtest("oversized_list", [&] {
    const auto refused = [&](const auto& message, std::size_t size) {
      using M = std::decay_t<decltype(message)>;
      Peer& peer = rig.connect_peer(node);
      punished(peer, fmt::format("{} message size = {}", M::kCommand, size),
               [&] { peer.send(message); });
    };
    const InvItem item{.type = InvType::Tx, .hash = tip.hash()};
    refused(Inv{.items = std::vector(Inv::kMaxItems + 1, item)}, 50'001);
    refused(GetData{.items = std::vector(GetData::kMaxItems + 1, item)}, 50'001);
    refused(Headers{.headers = std::vector(Headers::kMaxHeaders + 1, tip.header())}, 2'001);
    refused(Addr{.addresses = std::vector<TimedAddress>(Addr::kMaxAddresses + 1)}, 1'001);
    const AddressV2 address{.network = AddressNetwork::Ipv4, .address = Bytes(4)};
    refused(AddrV2{.addresses = std::vector(AddrV2::kMaxAddresses + 1, address)}, 1'001);
  });

  subtest("oversized_locator", [&] {
    const std::vector<Uint256> hashes(BlockLocator::kMaxHashes + 1, regtest::genesis_hash());
    Peer& headers = rig.connect_peer(node);
    disconnected(headers, "getheaders locator size 102 > 101, disconnecting",
                 [&] { headers.send(GetHeaders{.locator = {.hashes = hashes}}); });
    Peer& blocks = rig.connect_peer(node);
    disconnected(blocks, "getblocks locator size 102 > 101, disconnecting",
                 [&] { blocks.send(GetBlocks{.locator = {.hashes = hashes}}); });

    Peer& peer = rig.connect_peer(node);
    const std::vector<Uint256> fitting(hashes.begin(), hashes.end() - 1);
    peer.send(GetHeaders{.locator = {.hashes = fitting}});
    assert_equal(peer.expect<Headers>().headers.size(), 1U);
    peer.send(GetBlocks{.locator = {.hashes = fitting}});
    assert_equal(peer.expect<Inv>().items.at(0).hash, tip.hash());
  });

  subtest("malformed_payload", [&] {
    // The node gives up on the message and goes on with the next.
    Peer& peer = rig.connect_peer(node);
    const auto refused = [&](std::string_view command, const Bytes& payload,
                             std::string_view exception) {
      assert_in_log(node,
                    {fmt::format("ProcessMessages({}, {} bytes): Exception '{}", command,
                                 payload.size(), exception)},
                    [&] { peer.send_raw(command, payload); });
      peer.sync_with_ping();
    };
    const std::string_view cut_short = "DataStream::read(): end of data";
    refused("ping", bytes_from_hex("000102"), cut_short);
    refused("inv", bytes_from_hex("01"), cut_short);
    refused("getdata", bytes_from_hex("fdff"), cut_short);
    refused("headers", bytes_from_hex("01"), cut_short);
    refused("inv", bytes_from_hex("fd0100"), "non-canonical ReadCompactSize()");
    refused("inv", bytes_from_hex("fe01000002"), "ReadCompactSize(): size too large");
    refused("feefilter", {}, cut_short);
    Bytes transaction = encode_of(TxMessage{tip.coinbase()});
    transaction.resize(transaction.size() / 2);
    refused("tx", transaction, cut_short);
    refused("block", encode_of(tip.header()), cut_short);
    Bytes flags = bytes_from_hex("020000000002");  // a transaction with unknown flags
    flags.insert(flags.end(), 16, std::byte{0});
    refused("tx", flags, "Unknown transaction optional data");
    // One address of 513 bytes, where 512 are the most that any network may need.
    refused("addrv2", bytes_from_hex("016185d44d0001fd0102" + std::string(2 * 513, '0') + "0000"),
            "Address too long: 513 > 512");
    // Places in a block are differences, and the sum must fit into 16 bits.
    Writer places;
    places.uint256(tip.hash()).compact_size(2).compact_size(0xffff).compact_size(0);
    refused("getblocktxn", places.take(), "differential value overflow");
  });

  subtest("unoffered_service", [&] {
    // BIP111: a node without bloom filters drops a peer that goes on about them.
    assert_equal(bystander.node_version().services & kNodeBloom, 0U);
    const auto refused = [&](const std::string& line, const auto& message) {
      Peer& peer = rig.connect_peer(node);
      disconnected(peer, line, [&] { peer.send(message); });
    };
    refused("mempool request with bloom filters disabled, disconnecting", MemPool{});
    refused("filterload received despite not offering bloom services, disconnecting",
            FilterLoad{.filter = Bytes(8), .hash_functions = 1});
    refused("filteradd received despite not offering bloom services, disconnecting",
            FilterAdd{.data = Bytes(8)});
    refused("filterclear received despite not offering bloom services, disconnecting",
            FilterClear{});
  });

  subtest("bloom_limits", [&] {
    Node& bloom = rig.add_node({"-peerbloomfilters=1"});
    bloom.start();
    const auto refused = [&](std::string_view reason, const auto& message) {
      Peer& peer = rig.connect_peer(bloom);
      assert_equal(peer.node_version().services & kNodeBloom, kNodeBloom);
      const int id = peer_id(bloom, peer);
      assert_in_log(bloom, {fmt::format("Misbehaving: peer={}: {}", id, reason)},
                    [&] { peer.send(message); });
      leaving.push_back(&peer);
    };
    constexpr auto kMaxFilter = FilterLoad::kMaxFilterSize;
    refused("too-large bloom filter",
            FilterLoad{.filter = Bytes(kMaxFilter + 1), .hash_functions = 1});
    refused("too-large bloom filter",
            FilterLoad{.filter = Bytes(8), .hash_functions = FilterLoad::kMaxHashFunctions + 1});
    refused("bad filteradd message", FilterAdd{.data = Bytes(FilterAdd::kMaxDataSize + 1)});
    refused("bad filteradd message", FilterAdd{.data = Bytes(8)});  // no filter to add to

    Peer& peer = rig.connect_peer(bloom);
    peer.send(
        FilterLoad{.filter = Bytes(kMaxFilter), .hash_functions = FilterLoad::kMaxHashFunctions});
    peer.send(FilterAdd{.data = Bytes(FilterAdd::kMaxDataSize)});
    peer.sync_with_ping();
  });

  subtest("invalid_headers", [&] {
    ChainBuilder branch = node.chain();
    const std::vector<BuiltBlock> blocks = branch.mine(3);
    Peer& gap = rig.connect_peer(node);
    punished(gap, "non-continuous headers sequence", [&] {
      gap.send(Headers{.headers = {blocks[0].header(), blocks[2].header()}});
    });

    BlockHeader workless = blocks[0].header();
    while (meets_target(workless.hash(), workless.bits)) ++workless.nonce;
    Peer& lazy = rig.connect_peer(node);
    punished(lazy, "header with invalid proof of work",
             [&] { lazy.send(Headers{.headers = {workless}}); });
    assert_equal(node.rpc("getchaintips").size(), 1U);  // none of the headers was kept
  });

  subtest("mutated_block", [&] {
    // A body that does not belong to its header says nothing about the header.
    const BuiltBlock next = node.chain().mine();
    Block mutated = next.block();
    mutated.transactions[0].outputs[0].value -= 1_sat;
    Peer& peer = rig.connect_peer(node);
    punished(peer, "mutated block", [&] { peer.send(BlockMessage{mutated}); });
    assert_equal(node.tip(), tip.hash());
    assert_equal(node.rpc("getchaintips").size(), 1U);
  });

  subtest("invalid_compact_block", [&] {
    // Places behind the end of the block, given or asked for.
    const BuiltBlock next = node.chain().mine();
    CompactBlock compact = CompactBlock::from_block(next.block());
    compact.prefilled.at(0).index = 1;
    Peer& sender = rig.connect_peer(node);
    sender.send(SendCmpct{});
    sender.send(Headers{.headers = {next.header()}});
    assert_equal(sender.expect<GetData>().items,
                 std::vector{InvItem{.type = InvType::CompactBlock, .hash = next.hash()}});
    sender.expect_none<GetData>();
    punished(sender, "invalid compact block", [&] { sender.send(CmpctBlock{compact}); });
    assert_equal(node.tip(), tip.hash());

    Peer& asker = rig.connect_peer(node);
    punished(asker, "getblocktxn with out-of-bounds tx indices",
             [&] { asker.send(GetBlockTxn{.block_hash = tip.hash(), .indexes = {1}}); });
  });

  subtest("invalid_block", [&] {
    // Daemons differ in whether they hold it against a peer that came to them (punish-loopback),
    // and none goes on with one that it has chosen itself.
    const auto greedy_block = [&](const std::string& tag) {
      ChainBuilder chain = node.chain();
      chain.options().tag = tag;
      return chain.mine({.fees = 1_btc});
    };
    Peer& inbound = rig.connect_peer(node);
    inbound.send(BlockMessage{greedy_block("inbound").block()});
    rig.expect_punished(node, inbound);
    Peer& outbound = rig.accept_peer(node);
    const BuiltBlock greedy = greedy_block("outbound");
    outbound.send(BlockMessage{greedy.block()});
    outbound.expect_disconnect();
    assert_equal(node.tip(), tip.hash());
    const Json tips = node.rpc("getchaintips");
    const auto branch = std::ranges::find_if(
        tips, [&](const Json& one) { return hash_of(one.at("hash")) == greedy.hash(); });
    assert_true(branch != tips.end());
    assert_equal(branch->at("status"), "invalid");
  });
}
