// What a node makes of transactions: whether it takes one, why it does not, what it keeps. Free
// functions on a node that runs; the scenario's thread.
#pragma once

#include <noderig/framework/json.h>
#include <noderig/framework/node/node.h>
#include <noderig/p2p/primitives/transaction.h>
#include <set>
#include <span>
#include <string>

namespace noderig {

// What the node says of one transaction that it was asked to test.
struct MempoolVerdict {
  bool allowed = false;
  std::string reason{};   // why not: "insufficient fee"
  std::string details{};  // the same with figures, where the node gives them
  std::size_t vsize = 0;  // only when allowed, as the fee
  Amount fee{};
};

// Asks by testmempoolaccept; the mempool stays as it is.
MempoolVerdict test_mempool(const Node& node, const p2p::Transaction& transaction);

// The same for several that depend on each other, parents first.
std::vector<MempoolVerdict> test_mempool(const Node& node,
                                         std::span<const p2p::Transaction> package);

// Hands the transaction to the node, with no limit on its fee, and returns the node's message when
// it does not take it, empty when it does: "insufficient fee, rejecting replacement ...". Throws
// RpcError for an answer that is no refusal, such as a transaction that cannot be decoded.
std::string refusal_of(const Node& node, const p2p::Transaction& transaction);

// The transactions in the mempool.
std::set<Uint256> mempool_txids(const Node& node);

bool in_mempool(const Node& node, const Uint256& txid);

// The amount as nodes write it in messages: without the zeros at its end, but with two decimals.
std::string money_text(Amount amount);

// The rate as nodes write it in messages: "0.00001000 BTC/kvB". Satoshi for 1000 virtual bytes.
std::string fee_rate_text(Amount rate_per_kvb);

}  // namespace noderig
