#include <noderig/framework/asker.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/chain/block_builder.h>
#include <noderig/framework/node/node.h>
#include <noderig/p2p/primitives/serialize.h>

namespace noderig {
namespace {

AssertionError refused(const Node& node, const std::string& reason) {
  return AssertionError(node.name() + " refuses a block that it was to mine: " + reason);
}

}  // namespace

// What blocks are built from is the rig's own: where it is wrong, the node refuses them.
ChainBuilder Node::chain() const {
  const RigsOwnCalls own;
  const Json tip = rpc("getblockheader", rpc("getbestblockhash"));
  return {hash_of(tip.at("hash")),
          tip.at("height").get<int>(),
          std::chrono::sys_seconds(std::chrono::seconds(tip.at("time").get<std::int64_t>())),
          {.tag = name()}};
}

std::vector<Uint256> Node::mine(int count, const p2p::Script& script) {
  const RigsOwnCalls own;
  ChainBuilder builder = chain();
  builder.options().script = script;
  std::vector<rpc::BatchCall> calls;
  std::vector<Uint256> hashes;
  for (const BuiltBlock& block : builder.mine(count)) {
    hashes.push_back(block.hash());
    calls.push_back({"submitblock", Json::array({Json(block.block())})});
  }
  for (const rpc::BatchResult& result : rpc.batch(calls)) {
    if (!result.value().is_null()) throw refused(*this, result.value().dump());
  }
  return hashes;
}

BuiltBlock Node::mine(BlockContent content) {
  const RigsOwnCalls own;
  BuiltBlock block = chain().mine(std::move(content));
  if (const std::string reason = submit(block.block()); !reason.empty()) {
    throw refused(*this, reason);
  }
  return block;
}

BuiltBlock Node::mine_mempool() {
  const RigsOwnCalls own;
  const Json block_template = rpc("getblocktemplate", Json{{"rules", Json::array({"segwit"})}});
  BlockContent content;
  for (const Json& entry : block_template.at("transactions")) {
    const Bytes encoded = bytes_from_hex(entry.at("data").get<std::string>());
    auto transaction = p2p::decode_as<p2p::Transaction>(encoded);
    if (!transaction) throw AssertionError(name() + " offers a transaction that does not decode");
    content.transactions.push_back(*std::move(transaction));
    content.fees += Amount::sat(entry.at("fee").get<std::int64_t>());
  }
  return mine(std::move(content));
}

}  // namespace noderig
