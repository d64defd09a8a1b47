// How blocks travel. A node tells each peer of a new block in the way that peer asked for, and
// fetches what peers tell it of:
//
//   new block ---> node ---> inv         to a peer that asked for nothing
//                       ---> headers     to one that sent sendheaders and knows the parent
//                       ---> cmpctblock  to one that sent sendcmpct with announce 1
//
//   peer: inv ---> node: getheaders ---> peer: headers ---> node: getdata (with witness)
//
// It asks one peer at a time for a block, for at most 16 blocks a peer, and asks another one when
// the first does not deliver. Block-relay-only connections carry blocks and no transactions; blocks
// off the best chain are served only while they are young, since they tell nodes apart.

#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/node/peer_info.h>
#include <noderig/p2p/block_relay.h>
#include <noderig/scenario.h>
#include <algorithm>

namespace {

using namespace noderig;       // NOLINT(google-build-using-namespace)
using namespace noderig::p2p;  // NOLINT(google-build-using-namespace)

// Sends the blocks that the node asks the peer for, until it has sent `count`.
void serve(Peer& peer, std::span<const BuiltBlock> blocks, std::size_t count) {
  while (count > 0) {
    for (const InvItem& item : peer.expect<GetData>().items) {
      const auto block = std::ranges::find(blocks, item.hash, &BuiltBlock::hash);
      assert_true(block != blocks.end());
      peer.send(BlockMessage{block->block()});
      --count;
    }
  }
}

std::vector<BlockHeader> headers_of(std::span<const BuiltBlock> blocks) {
  std::vector<BlockHeader> headers;
  for (const BuiltBlock& block : blocks) headers.push_back(block.header());
  return headers;
}

std::vector<InvItem> items_of(InvType type, std::span<const BuiltBlock> blocks) {
  std::vector<InvItem> items;
  for (const BuiltBlock& block : blocks) items.push_back({.type = type, .hash = block.hash()});
  return items;
}

}  // namespace

NODERIG_SCENARIO(block_relay,
    .summary = "blocks are announced as peers asked for, fetched once and passed on",
    .tags = {"p2p"},
    .likelihood = Likelihood::Possible,
    .impact = Impact::Serious,
    .links = {"src/net_processing.cpp", "BIP130", "BIP152"},
    .subtests = {"announce", "announce_reorg", "fetch_by_inv", "fetch_by_headers",
                 "fetch_compact", "unconnected_headers", "fetch_from_another", "stalling",
                 "line_of_nodes", "block_relay_only", "forms", "getblocks", "stale_blocks",
                 "unrequested"}) {
  Node& node = rig.node(0);
  node.mine(12);

  // Gives the node its next block.
  const auto submit_next = [&] {
    const BuiltBlock block = node.chain().mine();
    assert_equal(node.submit(block.block()), "");
    return block;
  };
  // Announcements of blocks before a sub-test's own are over when it begins: a node makes them from
  // a queue of its own, to whoever is connected by then.
  const auto settle = [&] { node.finish_validation(); };
  const auto subtest = [&](const std::string& name, const std::function<void()>& body) {
    rig.subtest(name, [&] {
      settle();
      body();
    });
  };

  subtest("announce", [&] {
    Peer& plain = rig.connect_peer(node);
    Peer& headers = rig.connect_peer(node);
    Peer& low_bandwidth = rig.connect_peer(node);
    Peer& high_bandwidth = rig.connect_peer(node);
    Peer& newcomer = rig.connect_peer(node);  // wants headers, but the parent is news to it
    headers.send(SendHeaders{});
    newcomer.send(SendHeaders{});
    low_bandwidth.send(SendCmpct{.announce = 0});
    high_bandwidth.send(SendCmpct{.announce = 1});
    const Uint256 old_tip = node.tip();
    for (Peer* peer : {&plain, &headers, &low_bandwidth, &high_bandwidth}) {
      learn_chain(*peer, old_tip);
    }
    newcomer.sync_with_ping();

    const BuiltBlock block = submit_next();
    const std::vector<InvItem> item{{.type = InvType::Block, .hash = block.hash()}};
    for (Peer* peer : {&plain, &low_bandwidth, &newcomer}) {
      assert_equal(peer->expect<Inv>().items, item);
      await_sending(*peer);
      peer->expect_none<Inv>();
      peer->expect_none<Headers>();
      peer->expect_none<CmpctBlock>();
    }
    assert_equal(headers.expect<Headers>().headers, std::vector{block.header()});
    await_sending(headers);
    headers.expect_none<Inv>();
    headers.expect_none<CmpctBlock>();
    assert_equal(high_bandwidth.expect<CmpctBlock>().block.header, block.header());
    await_sending(high_bandwidth);
    high_bandwidth.expect_none<Inv>();
    high_bandwidth.expect_none<Headers>();

    // Who has announced a block is not told of it.
    const BuiltBlock next = node.chain().mine();
    Peer& source = rig.connect_peer(node);
    answer_first_getheaders(source);
    source.send(Headers{.headers = {next.header()}});
    serve(source, std::vector{next}, 1);
    assert_equal(plain.expect<Inv>().items.at(0).hash, next.hash());
    await_sending(plain);
    plain.expect_none<Inv>();
    await_sending(source);
    source.expect_none<Inv>();
    source.expect_none<GetData>();
  });

  subtest("announce_reorg", [&] {
    // Up to eight headers are sent for a reorganisation; a longer one is told by its tip alone.
    constexpr int kMostHeaders = 8;
    for (const int blocks : {kMostHeaders, kMostHeaders + 1}) {
      settle();
      Peer& peer = rig.connect_peer(node);
      peer.send(SendHeaders{});
      learn_chain(peer, node.tip());
      const int fork = node.height() - (blocks - 1);
      const Json base = node.rpc("getblockheader", node.rpc("getblockhash", fork));
      ChainBuilder branch(
          hash_of(base.at("hash")), fork,
          std::chrono::sys_seconds(std::chrono::seconds(base.at("time").get<std::int64_t>())),
          {.tag = fmt::format("reorg{}", blocks)});
      const std::vector<BuiltBlock> built = branch.mine(blocks);
      for (const BuiltBlock& block : built) {
        const std::string reason = node.submit(block.block());
        assert_true(reason.empty() || reason == "inconclusive");
      }
      assert_equal(node.tip(), built.back().hash());
      if (blocks == kMostHeaders) {
        assert_equal(peer.expect<Headers>().headers, headers_of(built));
        peer.expect_none<Inv>();
      } else {
        assert_equal(peer.expect<Inv>().items, items_of(InvType::Block, std::span(built).last(1)));
        peer.expect_none<Headers>();
      }
    }
  });

  // ---- What the node fetches

  subtest("fetch_by_inv", [&] {
    Peer& peer = rig.connect_peer(node);
    answer_first_getheaders(peer);
    const BuiltBlock block = node.chain().mine();
    const Uint256 old_tip = node.tip();
    peer.send(Inv{.items = {{.type = InvType::Block, .hash = block.hash()}}});
    assert_equal(peer.expect<GetHeaders>().locator.hashes.at(0), old_tip);
    peer.expect_none<GetData>();  // not before the header shows its work
    peer.send(Headers{.headers = {block.header()}});
    assert_equal(peer.expect<GetData>().items, items_of(InvType::WitnessBlock, std::vector{block}));
    peer.send(BlockMessage{block.block()});
    peer.sync_with_ping();
    assert_equal(node.tip(), block.hash());

    peer.send(Inv{.items = {{.type = InvType::Block, .hash = block.hash()}}});
    peer.expect_none<GetHeaders>();
    peer.expect_none<GetData>();
  });

  subtest("fetch_by_headers", [&] {
    constexpr std::size_t kAtOnce = 16;
    Peer& peer = rig.connect_peer(node);
    answer_first_getheaders(peer);
    const std::vector<BuiltBlock> blocks = node.chain().mine(20);
    peer.send(Headers{.headers = headers_of(blocks)});
    const auto first = std::span(blocks).first(kAtOnce);
    assert_equal(peer.expect<GetData>().items, items_of(InvType::WitnessBlock, first));
    await_sending(peer);
    peer.expect_none<GetData>();

    // Each block that comes makes room for one more.
    peer.send(BlockMessage{blocks[0].block()});
    assert_equal(peer.expect<GetData>().items,
                 items_of(InvType::WitnessBlock, std::span(blocks).subspan(kAtOnce, 1)));
    for (const BuiltBlock& block : first.subspan(1)) peer.send(BlockMessage{block.block()});
    peer.send(BlockMessage{blocks[kAtOnce].block()});
    serve(peer, blocks, blocks.size() - kAtOnce - 1);
    peer.sync_with_ping();
    assert_equal(node.tip(), blocks.back().hash());
  });

  subtest("fetch_compact", [&] {
    // One new block on the tip, from a peer that has compact blocks.
    Peer& peer = rig.connect_peer(node);
    answer_first_getheaders(peer);
    peer.send(SendCmpct{});
    const BuiltBlock block = node.chain().mine();
    peer.send(Headers{.headers = {block.header()}});
    assert_equal(peer.expect<GetData>().items, items_of(InvType::CompactBlock, std::vector{block}));
    peer.send(CmpctBlock{CompactBlock::from_block(block.block())});
    peer.expect_none<GetData>();
    assert_equal(node.tip(), block.hash());
  });

  subtest("unconnected_headers", [&] {
    // A header whose parent is not known makes the node ask for what is between.
    Peer& peer = rig.connect_peer(node);
    answer_first_getheaders(peer);
    const std::vector<BuiltBlock> blocks = node.chain().mine(2);
    const Uint256 old_tip = node.tip();
    peer.send(Headers{.headers = {blocks[1].header()}});
    assert_equal(peer.expect<GetHeaders>().locator.hashes.at(0), old_tip);
    peer.expect_none<GetData>();
    peer.send(Headers{.headers = headers_of(blocks)});
    serve(peer, blocks, 2);
    peer.sync_with_ping();
    assert_equal(node.tip(), blocks[1].hash());
  });

  subtest("fetch_from_another", [&] {
    // The node asks one peer at a time and gives it ten minutes.
    constexpr std::chrono::seconds kBlockTimeout = 10min;
    Peer& slow = rig.connect_peer(node);
    Peer& other = rig.connect_peer(node);
    answer_first_getheaders(slow);
    answer_first_getheaders(other);
    const BuiltBlock block = node.chain().mine();
    const int id = peer_id(node, slow);
    const std::vector wanted = items_of(InvType::WitnessBlock, std::vector{block});
    slow.send(Headers{.headers = {block.header()}});
    assert_equal(slow.expect<GetData>().items, wanted);
    other.send(Headers{.headers = {block.header()}});
    await_sending(other);
    node.advance_mocktime(kBlockTimeout);
    await_sending(slow);
    await_sending(other);
    other.expect_none<GetData>();

    assert_in_log(node,
                  {fmt::format("Timeout downloading block {}, disconnecting peer={}",
                               block.hash().to_string(), id)},
                  [&] { node.advance_mocktime(1s); });
    slow.expect_disconnect();
    assert_equal(other.expect<GetData>().items, wanted);
    other.send(BlockMessage{block.block()});
    other.sync_with_ping();
    assert_equal(node.tip(), block.hash());
  });

  subtest("stalling", [&] {
    // 1024 blocks behind the one that is missing the download window cannot move on. Whoever has
    // been asked for that block gets two seconds more.
    constexpr int kWindow = 1024;
    Node& fresh = rig.add_node();
    fresh.start();
    const std::vector<BuiltBlock> blocks = fresh.chain().mine(kWindow + 1);
    const std::vector<BlockHeader> headers = headers_of(blocks);
    Peer& staller = rig.connect_peer(fresh);
    const int id = peer_id(fresh, staller);
    Peer& good = rig.connect_peer(fresh);
    answer_first_getheaders(staller);
    answer_first_getheaders(good);
    staller.send(Headers{.headers = {headers.front()}});
    const std::vector missing = items_of(InvType::WitnessBlock, std::span(blocks).first(1));
    assert_equal(staller.expect<GetData>().items, missing);

    good.send(Headers{.headers = headers});
    assert_in_log(fresh, {fmt::format("Stall started peer={}", id)},
                  [&] { serve(good, blocks, kWindow - 1); });
    fresh.advance_mocktime(2s);
    await_sending(staller);
    assert_in_log(fresh,
                  {fmt::format("Peer is stalling block download, disconnecting peer={}", id)},
                  [&] { fresh.advance_mocktime(1s); });
    staller.expect_disconnect();
    assert_equal(good.expect<GetData>().items.at(0), missing.at(0));
    good.send(BlockMessage{blocks.front().block()});
    good.send(BlockMessage{blocks.back().block()});
    good.sync_with_ping();
    assert_equal(fresh.tip(), blocks.back().hash());
  });

  subtest("line_of_nodes", [&] {
    Node& middle = rig.add_node();
    Node& end = rig.add_node();
    rig.start({middle, end});
    rig.connect_nodes(node, middle);
    rig.connect_nodes(middle, end);
    rig.sync_blocks({node, middle, end});
    const Uint256 tip = node.mine(3).back();
    end.wait_for_tip(tip);
    assert_equal(end.tip(), middle.tip(), node.tip(), tip);
  });

  // ---- What the node serves

  subtest("block_relay_only", [&] {
    Peer& blocks_only = rig.accept_peer(node, "block-relay-only");
    Peer& full = rig.accept_peer(node, "outbound-full-relay");
    assert_equal(blocks_only.node_version().relay, false);
    assert_equal(full.node_version().relay, true);
    assert_equal(peer_info(node, blocks_only).at("relaytxes"), false);

    RigWallet wallet(node, CoinKind::OpTrue);
    wallet.mine(1);
    node.mine(regtest::kCoinbaseMaturity);
    wallet.sync();
    const BuiltBlock block = submit_next();
    const auto is_block = [&](const Inv& inv) { return inv.items.at(0).hash == block.hash(); };
    blocks_only.expect<Inv>(is_block);
    full.expect<Inv>(is_block);

    const WalletTransaction sent = wallet.send({});
    node.advance_mocktime(1min);
    assert_equal(full.expect<Inv>().items.at(0).hash, sent.transaction.wtxid());
    await_sending(blocks_only);
    blocks_only.expect_none<Inv>();

    // A transaction from there breaks what was agreed on, and so does talk of one.
    const std::string violation = "in violation of protocol, disconnecting";
    assert_in_log(node, {"transaction sent " + violation},
                  [&] { blocks_only.send(TxMessage{sent.transaction}); });
    blocks_only.expect_disconnect();
    Peer& announcer = rig.accept_peer(node, "block-relay-only");
    assert_in_log(
        node, {fmt::format("transaction ({}) inv sent {}", Uint256().to_string(), violation)},
        [&] { announcer.send(Inv{.items = {{.type = InvType::Wtx, .hash = Uint256()}}}); });
    announcer.expect_disconnect();
  });

  subtest("forms", [&] {
    Peer& peer = rig.connect_peer(node);
    RigWallet wallet(node, CoinKind::OpTrue);
    wallet.mine(1);
    node.mine(regtest::kCoinbaseMaturity);
    wallet.sync();
    const Transaction spend = wallet.create({}).transaction;
    ChainBuilder chain = node.chain();
    const BuiltBlock block = chain.mine({.transactions = {spend}});
    assert_equal(node.submit(block.block()), "");
    assert_true(spend.has_witness());
    const auto ask = [&](InvType type, const Uint256& hash) {
      peer.send(GetData{.items = {{.type = type, .hash = hash}}});
    };
    ask(InvType::WitnessBlock, block.hash());
    assert_equal(peer.expect<BlockMessage>().block, block.block());
    ask(InvType::Block, block.hash());
    const Block stripped = peer.expect<BlockMessage>().block;
    assert_equal(stripped.total_size(), block.block().stripped_size());
    assert_equal(stripped.merkle_root(), block.block().merkle_root());

    // Compact down to five blocks below the tip, whole from there on.
    ask(InvType::CompactBlock, block.hash());
    assert_equal(peer.expect<CmpctBlock>().block.header, block.header());
    node.mine(5);
    ask(InvType::CompactBlock, block.hash());
    assert_equal(peer.expect<CmpctBlock>().block.header, block.header());
    node.mine(1);
    ask(InvType::CompactBlock, block.hash());
    assert_equal(peer.expect<BlockMessage>().block, block.block());

    // There is no notfound for blocks.
    ask(InvType::WitnessBlock, Uint256());
    peer.expect_none<BlockMessage>();
    peer.expect_none<NotFound>();
  });

  subtest("getblocks", [&] {
    // What was there before headers-first: invs of the blocks after the latest in common.
    Peer& peer = rig.connect_peer(node);
    const int height = node.height();
    const Uint256 base = hash_of(node.rpc("getblockhash", height - 3));
    std::vector<Uint256> expected;
    for (int h = height - 2; h <= height; ++h) {
      expected.push_back(hash_of(node.rpc("getblockhash", h)));
    }
    peer.send(GetBlocks{.locator = {.hashes = {base}}});
    std::vector<Uint256> announced;
    for (const InvItem& item : peer.expect<Inv>().items) announced.push_back(item.hash);
    assert_equal(announced, expected);
  });

  // ---- What the node keeps and keeps to itself

  subtest("stale_blocks", [&] {
    // Blocks and headers off the best chain show which one a node saw first: they are served for a
    // month.
    const Uint256 stale = node.mine(1).back();
    const int height = node.height();
    node.rpc("invalidateblock", stale);
    ChainBuilder other = node.chain();
    other.options().tag = "other";
    const std::vector<BuiltBlock> best = other.mine(2);
    for (const BuiltBlock& block : best) assert_equal(node.submit(block.block()), "");
    node.rpc("reconsiderblock", stale);
    assert_equal(node.tip(), best.back().hash());

    const auto ask_block = [&](Peer& peer, const Uint256& hash) {
      peer.send(GetData{.items = {{.type = InvType::WitnessBlock, .hash = hash}}});
    };
    const auto ask_header = [&](Peer& peer, const Uint256& hash) {
      peer.send(GetHeaders{.locator = {}, .stop_hash = hash});
    };
    Peer& early = rig.connect_peer(node);
    ask_block(early, stale);
    assert_equal(early.expect<BlockMessage>().block.hash(), stale);
    ask_header(early, stale);
    assert_equal(early.expect<Headers>().headers.at(0).hash(), stale);
    early.disconnect();

    node.advance_mocktime(31 * 24h);
    ChainBuilder later = node.chain();
    const BuiltBlock fresh = later.mine({.time = later.tip_time() + 31 * 24h});
    assert_equal(node.submit(fresh.block()), "");
    Peer& late = rig.connect_peer(node);
    const std::string ignoring =
        fmt::format("ignoring request from peer={} for old block", peer_id(node, late));
    assert_in_log(node, {ignoring + " that isn't", ignoring + " header that isn't"}, [&] {
      ask_block(late, stale);
      ask_header(late, stale);
    });
    late.expect_none<BlockMessage>();
    late.expect_none<Headers>();
    // Blocks of the best chain are served at any age.
    ask_block(late, hash_of(node.rpc("getblockhash", height)));
    assert_equal(late.expect<BlockMessage>().block.hash(), best.front().hash());
    ask_header(late, best.front().hash());
    assert_equal(late.expect<Headers>().headers.at(0).hash(), best.front().hash());
  });

  subtest("unrequested", [&] {
    // Blocks that nobody asked for are taken when they could be the next best chain, but not from
    // far ahead.
    constexpr int kFarthest = 288;
    Peer& peer = rig.connect_peer(node, {.services = 0});  // so that the node asks it for nothing
    const std::vector<BuiltBlock> blocks = node.chain().mine(kFarthest + 2);
    peer.send(Headers{.headers = headers_of(blocks)});
    const auto has_block = [&](const BuiltBlock& block) {
      const auto answer = node.rpc.batch({{"getblock", Json::array({block.hash().to_string()})}});
      return answer.front().ok();
    };
    const BuiltBlock& farthest = blocks.at(kFarthest - 1);
    const BuiltBlock& too_far = blocks.at(kFarthest);
    peer.send(BlockMessage{too_far.block()});
    peer.send(BlockMessage{farthest.block()});
    peer.sync_with_ping();
    assert_true(has_block(farthest));
    assert_true(!has_block(too_far));
    peer.send(BlockMessage{blocks[0].block()});
    peer.sync_with_ping();
    assert_equal(node.tip(), blocks[0].hash());

    // And not when they have less work than the tip.
    ChainBuilder low(regtest::genesis_hash(), 0, regtest::kGenesisTime, {.tag = "low"});
    const BuiltBlock behind = low.mine();
    peer.send(BlockMessage{behind.block()});
    peer.sync_with_ping();
    assert_true(!has_block(behind));
  });
}
