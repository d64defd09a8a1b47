// How headers reach a node and leave it: what it asks for, what it takes in, what it ignores, and
// what it drops a peer for.
//
//   genesis - 1 - ... - 2010            full node's chain
//             |       |     `- announced extensions, forks a few blocks below the tip
//             |       `------- 2000 headers are the most one message carries
//   genesis - 1 - ... - 4100            another chain, for fresh nodes, headers only: with the
//   node's
//                                       -minimumchainwork a chain must have 2999 blocks to count

#include <fmt/format.h>
#include <noderig/framework/chain/block_driver.h>
#include <noderig/p2p/primitives/pow.h>
#include <noderig/scenario.h>

#include <algorithm>
#include <span>

namespace {

using namespace noderig;
using namespace noderig::p2p;
using namespace std::chrono_literals;

constexpr std::size_t kMostHeaders = Headers::kMaxHeaders;
constexpr int kHeight = 2010;
// A block's work is 2, so that the genesis block and 2999 others are enough.
constexpr std::string_view kMinimumWork = "-minimumchainwork=0x1770";
constexpr int kEnoughBlocks = 0x1770 / 2 - 1;

Headers headers_of(std::span<const BlockHeader> some) {
  return {.headers = {some.begin(), some.end()}};
}

Headers headers_of(const std::vector<BuiltBlock>& blocks) {
  Headers message;
  for (const BuiltBlock& block : blocks) message.headers.push_back(block.header());
  return message;
}

std::vector<InvItem> requests_for(std::span<const BuiltBlock> blocks) {
  std::vector<InvItem> items;
  for (const BuiltBlock& block : blocks) items.push_back({InvType::WitnessBlock, block.hash()});
  return items;
}

GetHeaders ask(std::vector<Uint256> locator, const Uint256& stop = {}) {
  return {.locator = {.hashes = std::move(locator)}, .stop_hash = stop};
}

// The heights of a locator from `height` on: ten steps of one, then doubling ones, then genesis.
std::vector<int> locator_heights(int height) {
  std::vector<int> heights;
  for (int step = 1; height > 0; height = std::max(height - step, 0)) {
    heights.push_back(height);
    if (heights.size() > 11) step *= 2;
  }
  heights.push_back(0);
  return heights;
}

std::vector<Uint256> locator_from(const Node& node, int height) {
  std::vector<Uint256> hashes;
  for (const int at : locator_heights(height)) {
    hashes.push_back(hash_of(node.rpc("getblockhash", at)));
  }
  return hashes;
}

// "" where the node does not know the block as a tip.
std::string tip_status(const Node& node, const Uint256& hash) {
  for (const Json& tip : node.rpc("getchaintips")) {
    if (hash_of(tip.at("hash")) == hash) return tip.at("status");
  }
  return {};
}

int header_count(const Node& node) {
  return node.rpc("getblockchaininfo").at("headers").get<int>();
}

// Takes the node's first request for headers and says that there are none, after which it may ask
// again without waiting for two minutes.
void answer_with_none(Peer& peer) {
  peer.expect<GetHeaders>();
  peer.send(Headers{});
}

}  // namespace

NODERIG_SCENARIO(headers_sync,
    .summary = "headers are asked for, served, followed to the most work, and checked",
    .nodes = 3,
    .tags = {"p2p", "validation"},
    .memory_mb = 700,
    .timeout = 120s,
    .likelihood = Likelihood::Possible,
    .impact = Impact::Major,
    .links = {"src/net_processing.cpp", "src/headerssync.cpp", "BIP130"},
    .subtests = {"locator", "serves_headers", "follows_full_messages", "most_work",
                 "no_blocks_of_less_work", "low_work_fork", "unconnecting_headers",
                 "invalid_headers", "headers_of_invalid_chain", "future_header",
                 "announces_by_inv", "announces_by_headers",
                 "low_work_chain", "low_work_sync_broken_off", "serves_none_below_minimum_work",
                 "low_work_sync"},
    .start = Start::Manual) {
  auto& [full, fresh, wary] = rig.nodes<3>();

  rig.step("start the nodes and give one its chain");
  const std::vector<std::string> for_wary = {"option:minimumchainwork"};
  if (rig.can(for_wary.front())) {
    wary.set_arguments({std::string(kMinimumWork)});
    rig.start({full, fresh, wary});
  } else {
    rig.start({full, fresh});
  }
  ChainBuilder chain;
  chain.mine(kHeight);
  {
    // Without services, so that the node does not ask for what is on its way.
    Peer& feeder = rig.connect_peer(full, {.services = 0});
    const std::vector<BlockHeader> headers = chain.headers();
    const auto first_message = std::span(headers).first(kMostHeaders);
    feeder.send(headers_of(first_message));
    feeder.send(headers_of(std::span(headers).subspan(kMostHeaders)));
    for (const BuiltBlock& block : chain.blocks()) feeder.send(BlockMessage{block.block()});
    feeder.sync_with_ping();
    feeder.disconnect();
  }
  assert_equal(full.tip(), chain.tip());
  ChainBuilder other({.tag = "other"});
  other.mine(4100);
  const auto other_headers = other.headers();
  const auto of_other = [&](std::size_t first, std::size_t count) {
    return headers_of(std::span(other_headers).subspan(first, count));
  };

  // Every sub-test forks off the node's tip as it is then.
  const auto tip_of = [&](std::string tag) {
    ChainBuilder builder = full.chain();
    builder.options().tag = std::move(tag);
    return builder;
  };

  rig.subtest("locator", [&] {
    // The node asks for what follows the block before its best header, to see at once whether the
    // peer has that too.
    Peer& peer = rig.connect_peer(full);
    const auto asked = peer.expect<GetHeaders>();
    assert_equal(asked.locator.hashes, locator_from(full, full.height() - 1));
    assert_equal(asked.stop_hash, Uint256());
    peer.sync_with_ping();
    peer.expect_none<GetHeaders>();
  });

  rig.subtest("serves_headers", [&] {
    Peer& peer = rig.connect_peer(full);
    const auto answer = [&](const GetHeaders& question) {
      peer.send(question);
      std::vector<Uint256> hashes;
      for (const BlockHeader& header : peer.expect<Headers>().headers) {
        hashes.push_back(header.hash());
      }
      return hashes;
    };
    const auto hashes = [&](int first, int last) {
      std::vector<Uint256> found;
      for (int height = first; height <= last; ++height) found.push_back(chain.at(height).hash());
      return found;
    };
    constexpr int kMost = kMostHeaders;
    const Uint256 unknown = other.tip();
    assert_equal(answer(ask({regtest::genesis_hash()})), hashes(1, kMost));
    assert_equal(answer(ask({chain.at(kMost).hash()}, chain.at(kMost + 4).hash())),
                 hashes(kMost + 1, kMost + 4));
    // The first hash of the locator that the node has on its chain counts; with none it begins at
    // the genesis block. A stop hash that does not follow does not stop.
    assert_equal(answer(ask({unknown, chain.at(5).hash(), chain.at(2).hash()}, chain.at(6).hash())),
                 hashes(6, 6));
    assert_equal(answer(ask({unknown}, chain.at(3).hash())), hashes(1, 3));
    assert_equal(answer(ask({chain.at(7).hash()}, chain.at(7).hash())), hashes(8, 7 + kMost));
    // Without a locator the stop hash alone is wanted.
    assert_equal(answer(ask({}, chain.at(9).hash())), hashes(9, 9));
    assert_equal(answer(ask({hash_of(full.rpc("getbestblockhash"))})), hashes(1, 0));
    peer.send(ask({}, unknown));
    peer.expect_none<Headers>();
    // One hash more than a locator may have.
    assert_equal(
        answer(ask(std::vector(BlockLocator::kMaxHashes, chain.at(1).hash()), chain.at(2).hash())),
        hashes(2, 2));
    peer.send(ask(std::vector(BlockLocator::kMaxHashes + 1, chain.at(1).hash())));
    peer.expect_disconnect();
  });

  rig.subtest("follows_full_messages", [&] {
    Peer& peer = rig.connect_peer(fresh, {.services = kNodeNetwork});  // offers no witness blocks
    peer.expect<GetHeaders>();
    peer.send(of_other(0, kMostHeaders));
    const auto more = peer.expect<GetHeaders>();
    assert_equal(more.locator.hashes.front(), other_headers[kMostHeaders - 1].hash());
    peer.send(of_other(kMostHeaders, 100));
    peer.expect_none<GetHeaders>();
    assert_equal(header_count(fresh), kMostHeaders + 100);
    assert_equal(fresh.height(), 0);
    assert_equal(tip_status(fresh, other_headers[kMostHeaders + 99].hash()), "headers-only");
  });

  rig.subtest("most_work", [&] {
    ChainBuilder shorter = tip_of("shorter");
    ChainBuilder longer = tip_of("longer");
    const auto few = shorter.mine(3);
    const auto more = longer.mine(5);
    Peer& first = rig.connect_peer(full);
    Peer& second = rig.connect_peer(full);
    first.send(headers_of(few));
    assert_equal(first.expect<GetData>().items, requests_for(few));
    second.send(headers_of(more));
    assert_equal(second.expect<GetData>().items, requests_for(more));
    for (const BuiltBlock& block : more) second.send(BlockMessage{block.block()});
    second.expect_none<GetData>();
    assert_equal(full.tip(), longer.tip());
    // The other branch, when it comes late, is kept and not followed.
    for (const BuiltBlock& block : few) first.send(BlockMessage{block.block()});
    first.expect_none<GetData>();
    assert_equal(full.tip(), longer.tip());
    assert_equal(tip_status(full, shorter.tip()), "valid-headers");
  });

  rig.subtest("no_blocks_of_less_work", [&] {
    ChainBuilder fork = tip_of("fork");
    ChainBuilder active = tip_of("active");
    Peer& peer = rig.connect_peer(full);
    for (const BuiltBlock& block : active.mine(3)) assert_equal(full.submit(block.block()), "");
    peer.send(headers_of(fork.mine(2)));
    peer.expect_none<GetData>();
    assert_equal(tip_status(full, fork.tip()), "headers-only");
    // At equal work the node wants to have the blocks, but stays where it is.
    peer.send(headers_of(fork.mine(1)));
    assert_equal(peer.expect<GetData>().items, requests_for(fork.blocks()));
    for (const BuiltBlock& block : fork.blocks()) peer.send(BlockMessage{block.block()});
    peer.expect_none<GetData>();
    assert_equal(tip_status(full, fork.tip()), "valid-headers");
    assert_equal(full.tip(), active.tip());
  });

  rig.subtest("low_work_fork", [&] {
    // A fork that ends 144 blocks' work below the tip is not worth the memory; nor is it a fault.
    ChainBuilder fork = chain.fork_at(kHeight - 300, "far below");
    const Headers announcement = headers_of(fork.mine(20));
    Peer& peer = rig.connect_peer(full);
    assert_in_log(full, {fmt::format("Ignoring low-work chain (height={})", fork.height())}, [&] {
      peer.send(announcement);
      peer.expect_none<GetData>();
    });
    assert_equal(tip_status(full, fork.tip()), "");
    ChainBuilder near = chain.fork_at(kHeight - 100, "near enough");
    peer.send(headers_of(near.mine(20)));
    peer.expect_none<GetData>();
    assert_equal(tip_status(full, near.tip()), "headers-only");
  });

  rig.subtest("unconnecting_headers", [&] {
    ChainBuilder ahead = tip_of("ahead");
    const auto blocks = ahead.mine(3);
    Peer& peer = rig.connect_peer(full);
    answer_with_none(peer);
    peer.send(headers_of({blocks[1]}));
    const auto asked = peer.expect<GetHeaders>();
    assert_equal(asked.locator.hashes, locator_from(full, full.height()));
    // Not asked again while the answer is due, however often; nor held against the peer.
    for (int i = 0; i < 12; ++i) peer.send(headers_of({blocks[2]}));
    peer.expect_none<GetHeaders>();
    peer.expect_none<GetData>();
    assert_equal(tip_status(full, blocks[2].hash()), "");
    peer.send(headers_of(blocks));
    assert_equal(peer.expect<GetData>().items, requests_for(blocks));
    assert_equal(tip_status(full, blocks[2].hash()), "headers-only");
  });

  rig.subtest("invalid_headers", [&] {
    ChainBuilder next = tip_of("invalid headers");
    const auto blocks = next.mine(3);
    BlockHeader workless = blocks[0].header();
    while (meets_target(workless.hash(), workless.bits)) ++workless.nonce;
    const auto expect_dropped = [&](const Headers& headers) {
      Peer& peer = rig.connect_peer(full);
      peer.send(headers);
      peer.expect_disconnect();
    };
    expect_dropped({.headers = {workless}});
    expect_dropped({.headers = {blocks[0].header(), blocks[2].header()}});
    expect_dropped(of_other(0, kMostHeaders + 1));
    assert_equal(tip_status(full, blocks[0].hash()), "");
    // Honest work on a header that breaks a rule: forgiven by nodes that forgive invalid blocks.
    const auto expect_refused = [&](const std::function<void(BlockHeader&)>& change) {
      BlockHeader header = blocks[0].header();
      change(header);
      const Uint256 hash = solve(header);
      Peer& peer = rig.connect_peer(full);
      peer.send(Headers{.headers = {header}});
      rig.expect_punished(full, peer);
      assert_equal(tip_status(full, hash), "");
    };
    expect_refused([](BlockHeader& header) { header.bits -= 1; });
    expect_refused([](BlockHeader& header) { header.version = 1; });
    expect_refused([](BlockHeader& header) { header.time -= 100; });
  });

  rig.subtest("headers_of_invalid_chain", [&] {
    const ChainBuilder builder = tip_of("invalid chain");
    Block greedy = build_block({.previous = builder.tip(),
                                .height = builder.height() + 1,
                                .time = builder.tip_time() + 1s});
    greedy.transactions[0].outputs[0].value += 1_btc;
    update_merkle_root(greedy);
    solve(greedy);
    ChainBuilder children(greedy.hash(), builder.height() + 1, builder.tip_time() + 1s);
    const auto blocks = children.mine(2);
    BlockDriver driver(rig, full);
    driver.expect(greedy, Rejected{BlockFault::CoinbaseAmount});
    driver.finish();

    // The header again is no fault of one who connects to the node.
    Peer& repeating = rig.connect_peer(full);
    repeating.send(Headers{.headers = {greedy.header}});
    repeating.expect_none<GetData>();
    Peer& building = rig.connect_peer(full);
    building.send(headers_of(blocks));
    rig.expect_punished(full, building);
    assert_equal(tip_status(full, blocks.back().hash()), "");
    assert_equal(tip_status(full, greedy.hash()), "invalid");
    // A peer that the node has chosen itself is to follow a valid chain, or it makes room.
    Peer& chosen = rig.accept_peer(full);
    chosen.send(Headers{.headers = {greedy.header}});
    chosen.expect_disconnect();
  });

  rig.subtest("future_header", [&] {
    // It may be good later.
    ChainBuilder next = tip_of("future");
    const BuiltBlock block = next.mine({.time = *full.mocktime() + 2h + 1s});
    Peer& peer = rig.connect_peer(full);
    answer_with_none(peer);
    peer.send(headers_of({block}));
    peer.expect_none<GetData>();
    assert_equal(tip_status(full, block.hash()), "");
    full.advance_mocktime(1s);
    peer.send(headers_of({block}));
    peer.expect<GetData>();
  });

  // Announcements of new blocks: of each the form, and the hashes in it.
  const auto learn_tip = [&](Peer& peer) {
    peer.send(ask({chain.at(kHeight - 1).hash()}));
    assert_equal(peer.expect<Headers>().headers.back().hash(), full.tip());
  };

  rig.subtest("announces_by_inv", [&] {
    Peer& peer = rig.connect_peer(full);
    learn_tip(peer);
    const Uint256 hash = full.mine(1).front();
    assert_equal(peer.expect<Inv>().items, std::vector{InvItem{InvType::Block, hash}});
    peer.expect_none<Headers>();
    peer.expect_none<Inv>();
  });

  rig.subtest("announces_by_headers", [&] {
    Peer& peer = rig.connect_peer(full);
    peer.send(SendHeaders{});
    learn_tip(peer);
    const auto next_announced = [&] {
      std::vector<Uint256> announced;
      for (const BlockHeader& header : peer.expect<Headers>().headers) {
        announced.push_back(header.hash());
      }
      return announced;
    };
    const ChainBuilder before = tip_of("before");
    for (int i = 0; i < 7; ++i) {
      const std::vector<Uint256> mined = full.mine(1);
      assert_equal(next_announced(), mined);
    }
    // A reorganisation of up to eight blocks comes as their headers, a longer one as the tip's
    // hash.
    const auto reorg_by = [&](int count) {
      ChainBuilder branch = before;
      branch.options().tag = fmt::format("{} blocks", count);
      std::vector<BuiltBlock> blocks = branch.mine(count);
      for (const BuiltBlock& block : blocks) full.rpc("submitheader", block.header());
      std::ranges::reverse(blocks);  // so that all are connected at once, with the last given
      for (const BuiltBlock& block : blocks) full.submit(block.block());
      assert_equal(full.tip(), branch.tip());
      std::vector<Uint256> hashes;
      for (const BuiltBlock& block : branch.blocks()) hashes.push_back(block.hash());
      return hashes;
    };
    const std::vector<Uint256> most = reorg_by(8);
    assert_equal(next_announced(), most);
    const Uint256 last = reorg_by(9).back();
    assert_equal(peer.expect<Inv>().items, std::vector{InvItem{InvType::Block, last}});
    peer.expect_none<Headers>();
    peer.expect_none<Inv>();
  });

  rig.subtest("low_work_chain", for_wary, [&] {
    // A message that is not full ends the peer's chain, which is known then to be too light.
    Peer& peer = rig.connect_peer(wary);
    assert_in_log(wary, {"Ignoring low-work chain (height=1999)"}, [&] {
      peer.send(of_other(0, kMostHeaders - 1));
      peer.expect_none<GetData>();
    });
    assert_equal(header_count(wary), 0);
    assert_equal(tip_status(wary, other_headers[kMostHeaders - 2].hash()), "");
  });

  rig.subtest("low_work_sync_broken_off", for_wary, [&] {
    Peer& peer = rig.connect_peer(wary);
    peer.expect<GetHeaders>();
    assert_in_log(wary,
                  {"Initial headers sync started with peer",
                   "incomplete headers message at height=2998 (presync phase)"},
                  [&] {
                    peer.send(of_other(0, kMostHeaders));
                    peer.expect<GetHeaders>();
                    peer.send(of_other(kMostHeaders, kEnoughBlocks - 1 - kMostHeaders));
                    peer.expect_none<GetHeaders>();
                  });
    assert_equal(header_count(wary), 0);
    assert_equal(tip_status(wary, other_headers[kEnoughBlocks - 2].hash()), "");
  });

  rig.subtest("serves_none_below_minimum_work", for_wary, [&] {
    assert_equal(wary.submit(other.at(1).block()), "");
    Peer& peer = rig.connect_peer(wary);
    peer.send(ask({regtest::genesis_hash()}));
    assert_equal(peer.expect<Headers>().headers.size(), 0);
  });

  rig.subtest("low_work_sync", for_wary, [&] {
    // The chain is read twice: once to see that its work is enough, with nothing kept of it but a
    // bit here and there, and again to take it in.
    const int before = header_count(wary);
    Peer& peer = rig.connect_peer(wary, {.services = kNodeNetwork});
    peer.expect<GetHeaders>();
    peer.send(of_other(0, kMostHeaders));
    const auto more = peer.expect<GetHeaders>();
    assert_equal(more.locator.hashes.front(), other_headers[kMostHeaders - 1].hash());
    assert_equal(header_count(wary), before);
    peer.send(of_other(kMostHeaders, kMostHeaders));
    const auto again = peer.expect<GetHeaders>();
    assert_equal(again.locator.hashes.front(), regtest::genesis_hash());
    assert_equal(header_count(wary), before);
    for (const std::size_t message : {1, 2}) {
      peer.send(of_other((message - 1) * kMostHeaders, kMostHeaders));
      assert_equal(peer.expect<GetHeaders>().locator.hashes.front(),
                   other_headers[message * kMostHeaders - 1].hash());
    }
    peer.send(of_other(2 * kMostHeaders, 100));
    peer.sync_with_ping();
    assert_equal(header_count(wary), 2 * kMostHeaders + 100);
    assert_equal(tip_status(wary, other_headers.back().hash()), "headers-only");
  });
}
