// BIP157 and BIP158: a node with -blockfilterindex and -peerblockfilters serves, for every block, a
// filter over the scripts that the block creates and spends, and the chain of filter headers:
//
//   filter header 0 - 1 - 2 ... 1000 ... 2000 ... 2100     (block 0 is the genesis block)
//                               `--------`--- cfcheckpt: every thousandth
//   block               ... 110, 1500, 2050: with a spend, so that a spent script is in the filter
//
// The rig computes all of it itself from the blocks. Requests out of bounds end the connection, and
// so does any such request to a node that does not offer filters.

#include <noderig/framework/node/peer_info.h>
#include <noderig/p2p/primitives/gcs_filter.h>
#include <noderig/p2p/transport/v1.h>
#include <noderig/scenario.h>
#include <set>
#include <string>

namespace {

using namespace noderig;       // NOLINT(google-build-using-namespace)
using namespace noderig::p2p;  // NOLINT(google-build-using-namespace)

// A chain's filters and filter headers by height.
class FilterChain {
 public:
  FilterChain() { add(regtest::genesis_block(), {}); }

  // The next block; `spent` are the scripts of the outputs that it spends.
  void add(const Block& block, std::span<const Script> spent) {
    filters_.push_back(GcsFilter::basic(block, spent));
    hashes_.push_back(block.hash());
    headers_.push_back(filters_.back().header(headers_.empty() ? Uint256() : headers_.back()));
  }

  // The same chain up to `height`.
  FilterChain up_to(int height) const {
    FilterChain shorter = *this;
    const auto size = static_cast<std::size_t>(height) + 1;
    shorter.filters_.erase(shorter.filters_.begin() + static_cast<long>(size),
                           shorter.filters_.end());
    shorter.hashes_.resize(size);
    shorter.headers_.resize(size);
    return shorter;
  }

  const GcsFilter& filter(int height) const { return filters_.at(index(height)); }
  const Uint256& header(int height) const { return headers_.at(index(height)); }
  const Uint256& block(int height) const { return hashes_.at(index(height)); }
  int height() const { return static_cast<int>(hashes_.size()) - 1; }

 private:
  static std::size_t index(int height) { return static_cast<std::size_t>(height); }

  std::vector<GcsFilter> filters_;
  std::vector<Uint256> hashes_;
  std::vector<Uint256> headers_;
};

std::uint32_t start(int height) {
  return static_cast<std::uint32_t>(height);
}

}  // namespace

NODERIG_SCENARIO(block_filters,
    .summary = "compact block filters and their headers are served right and within limits",
    .nodes = 2,
    .needs = {"option:blockfilterindex", "option:peerblockfilters"},
    .tags = {"p2p", "index"},
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Major,
    .links = {"src/index/blockfilterindex.cpp", "src/blockfilter.cpp", "BIP157", "BIP158"},
    .subtests = {"service_bit", "cfilters", "cfheaders", "cfcheckpt", "rpc", "limits",
                 "bad_requests", "not_offered", "reorg", "restart", "built_later",
                 "needs_index"},
    .start = Start::Manual) {
  constexpr int kHeight = 2100;
  constexpr int kMostFilters = 1000;
  constexpr int kMostHeaders = 2000;
  auto& [node, plain] = rig.nodes<2>();
  const std::vector<std::string> kOffers = {"-blockfilterindex=1", "-peerblockfilters=1"};
  node.set_arguments(kOffers);

  rig.step("build the chain and its filters");
  ChainBuilder chain;
  FilterChain filters;
  const std::vector<Script> spent = {anyone_can_spend()};
  for (int height = 1; height <= kHeight; ++height) {
    if (height == 110 || height == 1500 || height == 2050) {
      Transaction spend;
      spend.inputs = {{.prevout = {chain.at(height - 105).coinbase().txid(), 0}}};
      spend.outputs = {{.value = 1_btc / 100, .script_pubkey = p2wsh(Uint256())}};
      filters.add(chain.mine({.transactions = {spend}}).block(), spent);
    } else {
      filters.add(chain.mine().block(), {});
    }
  }

  rig.step("start the nodes and feed them");
  rig.start({node, plain});
  const auto feed = [&](Node& target, std::span<const BuiltBlock> blocks) {
    Peer& pusher = rig.connect_peer(target, {.services = 0});
    for (auto rest = blocks; !rest.empty();) {
      const auto batch = rest.first(std::min<std::size_t>(rest.size(), Headers::kMaxHeaders));
      Headers headers;
      for (const BuiltBlock& block : batch) headers.headers.push_back(block.header());
      pusher.send(headers);
      rest = rest.subspan(batch.size());
    }
    for (const BuiltBlock& block : blocks) pusher.send(BlockMessage{block.block()});
    pusher.sync_with_ping();
    target.finish_validation();
    pusher.disconnect();
  };
  feed(node, chain.blocks());
  assert_equal(node.tip(), chain.tip());
  assert_equal(node.rpc("getindexinfo").at("basic block filter index"),
               Json({{"synced", true}, {"best_block_height", kHeight}}));

  // ---- What is served

  const auto assert_filters = [&](Peer& peer, const FilterChain& expected, int first, int last) {
    peer.send(GetCFilters{.start_height = start(first), .stop_hash = expected.block(last)});
    for (int height = first; height <= last; ++height) {
      const CFilter answer = peer.expect<CFilter>();
      assert_equal(answer.filter_type, kBasicFilter);
      assert_equal(answer.block_hash, expected.block(height));
      assert_equal(to_hex(answer.filter), to_hex(expected.filter(height).encoded()));
    }
    peer.expect_none<CFilter>();
  };
  const auto assert_headers = [&](Peer& peer, const FilterChain& expected, int first, int last) {
    peer.send(GetCFHeaders{.start_height = start(first), .stop_hash = expected.block(last)});
    const CFHeaders answer = peer.expect<CFHeaders>();
    assert_equal(answer.stop_hash, expected.block(last));
    assert_equal(answer.previous_filter_header,
                 first == 0 ? Uint256() : expected.header(first - 1));
    std::vector<Uint256> hashes;
    for (int height = first; height <= last; ++height) {
      hashes.push_back(expected.filter(height).hash());
    }
    assert_equal(answer.filter_hashes, hashes);
    peer.expect_none<CFHeaders>();
  };
  const auto assert_checkpoints = [&](Peer& peer, const FilterChain& expected, int last) {
    peer.send(GetCFCheckpt{.stop_hash = expected.block(last)});
    const CFCheckpt answer = peer.expect<CFCheckpt>();
    assert_equal(answer.stop_hash, expected.block(last));
    std::vector<Uint256> headers;
    for (int height = 1000; height <= last; height += 1000) {
      headers.push_back(expected.header(height));
    }
    assert_equal(answer.filter_headers, headers);
    peer.expect_none<CFCheckpt>();
  };

  rig.subtest("service_bit", [&] {
    const auto names = [](Node& of) {
      return of.rpc("getnetworkinfo").at("localservicesnames").get<std::set<std::string>>();
    };
    const auto offered = [&](Node& by) {
      return (rig.connect_peer(by).node_version().services & kNodeCompactFilters) != 0;
    };
    assert_true(offered(node));
    assert_true(!offered(plain));
    std::set<std::string> with_filters = names(plain);
    assert_true(with_filters.insert("COMPACT_FILTERS").second);
    assert_equal(names(node), with_filters);
  });

  rig.subtest("cfilters", [&] {
    Peer& peer = rig.connect_peer(node);
    assert_filters(peer, filters, 0, 0);
    assert_filters(peer, filters, 108, 112);
    assert_filters(peer, filters, 2045, kHeight);
    assert_filters(peer, filters, 1001, 1000 + kMostFilters);
    assert_true(filters.filter(110).match(anyone_can_spend()));
    assert_true(filters.filter(110).match(p2wsh(Uint256())));
  });

  rig.subtest("cfheaders", [&] {
    Peer& peer = rig.connect_peer(node);
    assert_headers(peer, filters, 0, 0);
    assert_headers(peer, filters, 1, kMostHeaders);
    assert_headers(peer, filters, 0, kMostHeaders - 1);
    assert_headers(peer, filters, 1400, kHeight);
  });

  rig.subtest("cfcheckpt", [&] {
    Peer& peer = rig.connect_peer(node);
    for (const int height : {0, 999, 1000, 1999, kHeight}) {
      assert_checkpoints(peer, filters, height);
    }
  });

  rig.subtest("rpc", [&] {
    for (const int height : {0, 1, 110, 2050, kHeight}) {
      const Json answer = node.rpc("getblockfilter", filters.block(height), "basic");
      assert_equal(answer.at("filter"), to_hex(filters.filter(height).encoded()));
      assert_equal(hash_of(answer.at("header")), filters.header(height));
    }
    assert_raises_rpc_error(-5, "Block not found", [&] { node.rpc("getblockfilter", Uint256()); });
    assert_raises_rpc_error(-5, "Unknown filtertype",
                            [&] { node.rpc("getblockfilter", filters.block(1), "unknown"); });
    assert_raises_rpc_error(-1, "Index is not enabled for filtertype basic",
                            [&] { plain.rpc("getblockfilter", filters.block(0)); });
  });

  // ---- What is not

  // The node logs the reason and closes the connection. Who is to leave is awaited at the
  // sub-test's end, together.
  std::vector<Peer*> leaving;
  const auto assert_refused = [&](Node& by, const auto& request, const std::string& reason) {
    Peer& peer = rig.connect_peer(by);
    const int id = peer_id(by, peer);
    assert_in_log(by, {fmt::format("{}, disconnecting peer={}", reason, id)},
                  [&] { peer.send(request); });
    leaving.push_back(&peer);
  };
  const auto refusals = [&](const std::string& name, const std::function<void()>& body) {
    rig.subtest(name, [&] {
      leaving.clear();
      body();
      for (Peer* peer : leaving) peer->expect_disconnect();
    });
  };

  refusals("limits", [&] {
    assert_refused(node,
                   GetCFilters{.start_height = 1, .stop_hash = filters.block(1 + kMostFilters)},
                   "peer requested too many cfilters/cfheaders: 1001 / 1000");
    assert_refused(node, GetCFHeaders{.start_height = 0, .stop_hash = filters.block(kMostHeaders)},
                   "peer requested too many cfilters/cfheaders: 2001 / 2000");
    const std::string backwards =
        "peer sent invalid getcfilters/getcfheaders with start height 11 and stop height 10";
    assert_refused(node, GetCFilters{.start_height = 11, .stop_hash = filters.block(10)},
                   backwards);
    assert_refused(node, GetCFHeaders{.start_height = 11, .stop_hash = filters.block(10)},
                   backwards);
  });

  refusals("bad_requests", [&] {
    const std::string no_block =
        fmt::format("peer requested invalid block hash: {}", Uint256().to_string());
    assert_refused(node, GetCFilters{}, no_block);
    assert_refused(node, GetCFHeaders{}, no_block);
    assert_refused(node, GetCFCheckpt{}, no_block);
    const std::string no_type = "peer requested unsupported block filter type: 255";
    assert_refused(node, GetCFilters{.filter_type = 255, .stop_hash = chain.tip()}, no_type);
    assert_refused(node, GetCFHeaders{.filter_type = 255, .stop_hash = chain.tip()}, no_type);
    assert_refused(node, GetCFCheckpt{.filter_type = 255, .stop_hash = chain.tip()}, no_type);
  });

  refusals("not_offered", [&] {
    const std::string no_type = "peer requested unsupported block filter type: 0";
    const Uint256 genesis = regtest::genesis_hash();
    assert_refused(plain, GetCFilters{.stop_hash = genesis}, no_type);
    assert_refused(plain, GetCFHeaders{.stop_hash = genesis}, no_type);
    assert_refused(plain, GetCFCheckpt{.stop_hash = genesis}, no_type);
  });

  // ---- Changes

  rig.subtest("reorg", [&] {
    // The stale branch is still served by its blocks' hashes.
    constexpr int kDepth = 5;
    ChainBuilder branch = chain.fork_at(kHeight - kDepth, "branch");
    FilterChain branch_filters = filters.up_to(kHeight - kDepth);
    const std::vector<BuiltBlock> blocks = branch.mine(kDepth + 2);
    for (const BuiltBlock& block : blocks) {
      branch_filters.add(block.block(), {});
      const std::string reason = node.submit(block.block());
      assert_true(reason.empty() || reason == "inconclusive");
    }
    node.finish_validation();
    assert_equal(node.tip(), branch.tip());

    Peer& peer = rig.connect_peer(node);
    for (const FilterChain* each : std::vector<const FilterChain*>{&branch_filters, &filters}) {
      assert_filters(peer, *each, kHeight - kDepth - 1, each->height());
      assert_headers(peer, *each, kHeight - kDepth - 1, each->height());
      assert_checkpoints(peer, *each, each->height());
      const Json answer = node.rpc("getblockfilter", each->block(kHeight));
      assert_equal(hash_of(answer.at("header")), each->header(kHeight));
    }
  });

  rig.subtest("restart", [&] {
    node.restart();
    Peer& peer = rig.connect_peer(node);
    assert_filters(peer, filters, 100, 120);
    assert_headers(peer, filters, 100, 1120);
    assert_checkpoints(peer, filters, 2000);
  });

  rig.subtest("built_later", [&] {
    // An index that is switched on later catches up by itself.
    Node& later = rig.add_node();
    later.start();
    constexpr int kBlocks = 120;
    feed(later, chain.blocks().first(kBlocks));
    later.restart(kOffers);
    later.wait_until(
        [&] {
          return later.rpc("getindexinfo").at("basic block filter index").at("synced") == true;
        },
        "the filter index to catch up");
    Peer& peer = rig.connect_peer(later);
    assert_filters(peer, filters, 0, kBlocks);
    assert_headers(peer, filters, 0, kBlocks);
  });

  rig.subtest("needs_index", [&] {
    Node& other = rig.add_node();
    other.assert_start_fails({"-peerblockfilters=1"},
                             "Cannot set -peerblockfilters without -blockfilterindex.");
    other.assert_start_fails({"-blockfilterindex=abc"}, "Unknown -blockfilterindex value abc.");
  });
}
