#include <noderig/framework/assert.h>
#include <noderig/framework/chain/block_builder.h>
#include <noderig/framework/node/node.h>

namespace noderig {

ChainBuilder Node::chain() const {
  const Json tip = rpc("getblockheader", rpc("getbestblockhash"));
  return {hash_of(tip.at("hash")),
          tip.at("height").get<int>(),
          std::chrono::sys_seconds(std::chrono::seconds(tip.at("time").get<std::int64_t>())),
          {.tag = name()}};
}

std::vector<Uint256> Node::mine(int count) {
  std::vector<rpc::BatchCall> calls;
  std::vector<Uint256> hashes;
  for (const BuiltBlock& block : chain().mine(count)) {
    hashes.push_back(block.hash());
    calls.push_back({"submitblock", Json::array({Json(block.block())})});
  }
  for (const rpc::BatchResult& result : rpc.batch(calls)) {
    if (result.value().is_null()) continue;
    throw AssertionError(name() + " refuses a block that it was to mine: " + result.value().dump());
  }
  return hashes;
}

}  // namespace noderig
