// Every message that a real node sends is encoded, from what was decoded, to the bytes that came.
#include <noderig/p2p/primitives/bloom.h>
#include <noderig/scenario.h>
#include <set>

NODERIG_SCENARIO(every_message, .summary = "messages of a node decode and encode to equal bytes",
    .start = Start::Manual) {
  Node& node = rig.node(0);
  std::vector<std::string> arguments = {"-blockfilterindex=1", "-peerblockfilters=1",
                                        "-peerbloomfilters=1", "-acceptnonstdtxn=1"};
  const bool reconciles = rig.can("option:txreconciliation");
  if (reconciles) arguments.push_back("-txreconciliation=1");
  node.set_arguments(arguments);
  node.start();

  rig.step("a chain with a transaction, and another transaction in the mempool");
  ChainBuilder chain = node.chain();
  chain.mine(1001);
  const auto spend = [&](int height) {
    Transaction tx;
    tx.inputs = {{.prevout = {chain.at(height).coinbase().txid(), 0}}};
    const TxOut half{.value = 24_btc, .script_pubkey = anyone_can_spend()};
    tx.outputs = {half, half};
    return tx;
  };
  const Transaction mined = spend(1);
  const Transaction pooled = spend(2);
  const BuiltBlock last = chain.mine({.transactions = {mined}});
  for (const BuiltBlock& block : chain.blocks()) node.submit(block.block());
  assert_equal(node.tip(), chain.tip());
  node.rpc("sendrawtransaction", pooled, 0);
  for (int i = 1; i <= 50; ++i) {
    node.rpc("addpeeraddress", fmt::format("{}.2.3.4", i), 18444);
  }
  node.finish_validation();

  rig.step("ask for everything");
  Peer& peer = rig.connect_peer(node);
  const auto get = [&](InvType type, const Uint256& hash) {
    peer.send(GetData{.items = {{type, hash}}});
  };
  peer.send(SendCmpct{.announce = 1});
  peer.send(SendHeaders{});
  peer.send(GetHeaders{.locator = {.hashes = {regtest::genesis_hash()}}, .stop_hash = {}});
  peer.send(GetBlocks{.locator = {.hashes = {regtest::genesis_hash()}}, .stop_hash = {}});
  peer.send(GetAddr{});
  peer.send(MemPool{});
  get(InvType::WitnessBlock, last.hash());
  get(InvType::Block, last.hash());
  get(InvType::CompactBlock, last.hash());
  get(InvType::Wtx, regtest::genesis_hash());  // nobody has that
  peer.send(GetBlockTxn{.block_hash = last.hash(), .indexes = {0, 1}});
  peer.send(GetCFilters{.start_height = 1000, .stop_hash = last.hash()});
  peer.send(GetCFHeaders{.start_height = 1, .stop_hash = last.hash()});
  peer.send(GetCFCheckpt{.stop_hash = last.hash()});
  peer.send(Ping{.nonce = 7});
  assert_equal(peer.expect<Pong>().nonce, 7);
  // Addresses and transactions are held back until the clock moves, and so is the node's own ping.
  node.rpc("setmocktime", regtest::kEpoch.time_since_epoch().count() + 600);
  peer.expect<AddrV2>();
  peer.expect<Inv>([&](const Inv& inv) {
    return std::ranges::any_of(inv.items, [&](const InvItem& item) {
      return item.type == InvType::Wtx && item.hash == pooled.wtxid();
    });
  });
  peer.expect<Ping>();
  get(InvType::Wtx, pooled.wtxid());
  peer.expect<TxMessage>();

  rig.step("a block of its own, one of ours, and a filter");
  const auto at = peer.mark();
  const Uint256 own = node.mine(1).back();
  peer.expect<CmpctBlock>(
      at, [&](const CmpctBlock& block) { return block.block.header.hash() == own; });
  const BuiltBlock ours = node.chain().mine();
  peer.send(Headers{.headers = {ours.header()}});
  peer.expect<GetData>();
  peer.send(BlockMessage{ours.block()});
  peer.sync_with_ping();
  assert_equal(node.tip(), ours.hash());
  BloomFilter filter = BloomFilter::sized_for(10, 0.0001, 0);
  filter.insert(mined.txid());
  peer.send(FilterLoad{.filter = filter.bits, .hash_functions = filter.hash_functions});
  get(InvType::FilteredBlock, last.hash());
  peer.expect<MerkleBlock>();
  peer.sync_with_ping();

  rig.step("what a node says to peers that it connects to, and to old ones");
  Peer& outbound = rig.accept_peer(node);
  outbound.expect<GetAddr>();
  outbound.sync_with_ping();
  Peer& old = rig.connect_peer(node, {.wtxidrelay = false, .sendaddrv2 = false});
  old.send(GetAddr{});
  old.sync_with_ping();
  node.rpc("setmocktime", regtest::kEpoch.time_since_epoch().count() + 1200);
  old.expect<Addr>();

  std::set<std::string> seen;
  for (const Peer* one : {&peer, &outbound, &old}) {
    for (const Received& received : one->messages_since()) {
      const auto decoded = decode_message(received.command, *received.payload);
      assert_true(decoded.has_value());
      assert_equal(to_hex(to_raw(*decoded).payload), to_hex(*received.payload));
      seen.insert(received.command);
    }
  }
  std::set<std::string> known;
  for (const std::string_view command : all_commands()) known.insert(std::string(command));
  assert_true(std::ranges::includes(known, seen));
  std::set<std::string> wanted = {
      "version",     "verack",  "wtxidrelay", "sendaddrv2", "sendcmpct", "sendheaders", "feefilter",
      "ping",        "pong",    "getheaders", "getdata",    "getaddr",   "addr",        "addrv2",
      "inv",         "headers", "block",      "tx",         "notfound",  "cmpctblock",  "blocktxn",
      "merkleblock", "cfilter", "cfheaders",  "cfcheckpt"};
  if (reconciles) wanted.insert("sendtxrcncl");
  std::set<std::string> lacking;
  std::ranges::set_difference(wanted, seen, std::inserter(lacking, lacking.begin()));
  assert_equal(Json(lacking), Json::array());
}
