#include "compact_blocks/stage.h"

#include <algorithm>
#include <numeric>

namespace noderig::compact_blocks {
namespace {

// Of a peer. Short enough that a few sub-tests may wait in vain and the others still have their
// turn.
constexpr std::chrono::seconds kPatience{10};

}  // namespace

Stage::Stage(Rig& a_rig) : rig(a_rig), node(a_rig.node(0)), wallet(node) {
  if (rig.selected("high_bandwidth_selection") && rig.can(kNamedAgents)) {
    for (int i = 0; i < kNetwork; ++i) {
      network_.push_back(&launch({fmt::format("-uacomment=node{}", rig.node_count())}));
    }
  }
  const bool used =
      rig.selected("blocks_only") || rig.selected("blocks_only_ignores_compact_blocks");
  if (used && rig.can(kBlocksOnly)) {
    blocks_only_ = &launch({"-blocksonly"});
  }
  wallet.mine(kHeight - kMatureBlocks);
  coins_ = wallet.coins();
}

Node& Stage::launch(std::vector<std::string> arguments) {
  Node& launched = rig.add_node(std::move(arguments));
  launched.launch();
  launching_.push_back(&launched);
  return launched;
}

Node& Stage::ready(Node& launched) {
  if (std::erase(launching_, &launched) > 0) launched.await_ready();
  return launched;
}

Node& Stage::blocks_only() {
  return ready(*blocks_only_);
}

std::vector<Node*> Stage::network() {
  for (Node* launched : network_) ready(*launched);
  return network_;
}

void Stage::part(const std::string& name, const std::vector<std::string>& needs,
                 const std::function<void()>& body) {
  rig.subtest(name, needs, [&] {
    if (failed_) {
      node.wait_until(
          [&] { return occurrences(node.log().since(0), "Cleared nodestate for peer=") >= peers_; },
          "it has let go of the peers of the failed sub-test", 10s);
    }
    failed_ = true;
    body();
    failed_ = false;
  });
}

Peer& Stage::plain_inbound() {
  ++peers_;
  return rig.connect_peer(node, {.timeout = kPatience});
}

Peer& Stage::plain_outbound() {
  ++peers_;
  return rig.accept_peer(node, "outbound-full-relay", {.timeout = kPatience});
}

Peer& Stage::inbound() {
  Peer& peer = plain_inbound();
  peer.send(kDoNotAnnounce);
  return peer;
}

Peer& Stage::outbound() {
  Peer& peer = plain_outbound();
  peer.send(kDoNotAnnounce);
  return peer;
}

Peer& Stage::earn_high_bandwidth(Peer& peer) {
  peer.send(BlockMessage{next_block().block()});
  assert_equal(peer.expect<SendCmpct>(), kDoNotAnnounce);  // what it says to everybody
  assert_equal(peer.expect<SendCmpct>(), kAnnounce);
  peer.sync_with_ping();  // the block is the tip
  peer.expect_none<SendCmpct>();
  return peer;
}

Peer& Stage::high_bandwidth_inbound() {
  return earn_high_bandwidth(inbound());
}

Peer& Stage::high_bandwidth_outbound() {
  return earn_high_bandwidth(outbound());
}

WalletTransaction Stage::spend(SpendPlan plan) {
  if (coins_.empty()) throw std::logic_error("the stage is out of coins: raise kHeight");
  plan.coins = {coins_.back()};
  coins_.pop_back();
  return wallet.create(std::move(plan));
}

std::vector<Transaction> Stage::spend_in_row(int count) {
  WalletTransaction last = spend();
  std::vector<Transaction> transactions{last.transaction};
  while (static_cast<int>(transactions.size()) < count) {
    last = wallet.create({.coins = last.change});
    transactions.push_back(last.transaction);
  }
  return transactions;
}

BuiltBlock Stage::next_block(std::vector<Transaction> transactions) const {
  return node.chain().mine({.transactions = std::move(transactions)});
}

BuiltBlock Stage::stale_block(int depth) const {
  const int height = node.height() - depth;
  const Json base = node.rpc("getblockheader", node.rpc("getblockhash", height));
  const std::chrono::sys_seconds time{std::chrono::seconds(base.at("time").get<std::int64_t>())};
  return ChainBuilder(hash_of(base.at("hash")), height, time, {.tag = "stale"}).mine();
}

BuiltBlock Stage::submit_block(std::vector<Transaction> transactions) {
  return node.mine({.transactions = std::move(transactions)});
}

void Stage::relay(Peer& peer, std::span<const Transaction> transactions) {
  for (const Transaction& transaction : transactions) peer.send(TxMessage{transaction});
  peer.sync_with_ping();
  const auto mempool = node.rpc("getrawmempool").get<std::vector<std::string>>();
  for (const Transaction& transaction : transactions) {
    assert_true(std::ranges::find(mempool, transaction.txid().to_string()) != mempool.end());
  }
}

void Stage::assert_tip(Peer& peer, const Uint256& tip) const {
  peer.sync_with_ping();
  assert_equal(node.tip(), tip);
}

void Stage::assert_done(Peer& peer, const Uint256& tip) const {
  assert_tip(peer, tip);
  peer.expect_none<GetData>();
  peer.expect_none<GetBlockTxn>();
}

std::string Stage::chain_tip_status(const Uint256& tip) const {
  for (const Json& entry : node.rpc("getchaintips")) {
    if (hash_of(entry.at("hash")) == tip) return entry.at("status");
  }
  return {};
}

CmpctBlock compact(const BuiltBlock& block, const std::vector<std::uint16_t>& prefilled) {
  return {.block = CompactBlock::from_block(block.block(), 0, prefilled)};
}

std::vector<std::uint16_t> all_places(const Block& block) {
  std::vector<std::uint16_t> places(block.transactions.size());
  std::iota(places.begin(), places.end(), std::uint16_t{0});
  return places;
}

BlockTxn block_txn(const BuiltBlock& block, std::size_t first, std::size_t end) {
  const auto& all = block.block().transactions;
  end = std::min(end, all.size());
  return {.block_hash = block.hash(),
          .transactions = {all.begin() + static_cast<std::ptrdiff_t>(first),
                           all.begin() + static_cast<std::ptrdiff_t>(end)}};
}

void expect_compact(Peer& peer, const BuiltBlock& built) {
  const CompactBlock compact = peer.expect<CmpctBlock>().block;
  const Block& block = built.block();
  assert_equal(compact.header, block.header);
  assert_equal(compact.transaction_count(), block.transactions.size());

  assert_true(!compact.prefilled.empty());
  assert_equal(compact.prefilled.front().index, 0);
  std::vector<bool> whole(block.transactions.size());
  for (const PrefilledTransaction& prefilled : compact.prefilled) {
    const Transaction& transaction = block.transactions.at(prefilled.index);
    assert_equal(prefilled.transaction.txid(), transaction.txid());
    assert_equal(prefilled.transaction.wtxid(), transaction.wtxid());
    whole.at(prefilled.index) = true;
  }

  // The lowest 48 bits of SipHash-2-4 over the wtxid, keyed by header and nonce.
  const ShortIdKey key(compact.header, compact.nonce);
  std::vector<std::uint64_t> short_ids;
  for (std::size_t i = 0; i < block.transactions.size(); ++i) {
    if (!whole[i]) short_ids.push_back(short_id(key, block.transactions[i].wtxid()));
  }
  assert_equal(compact.short_ids, short_ids);
}

void expect_asked(Peer& peer, const BuiltBlock& block, const std::vector<std::uint16_t>& places) {
  const auto request = peer.expect<GetBlockTxn>();
  assert_equal(request.block_hash, block.hash());
  assert_equal(request.indexes, places);
}

void announce_by_headers(Peer& peer, const BuiltBlock& block) {
  peer.send(Headers{.headers = {block.header()}});
  assert_equal(expect_block_request(peer, block.hash()), InvType::CompactBlock);
}

}  // namespace noderig::compact_blocks
