#include <fmt/format.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/node/mempool.h>

namespace noderig {
namespace {

constexpr std::size_t kLeastDecimals = 2;

MempoolVerdict verdict_of(const Json& answer) {
  MempoolVerdict verdict{.allowed = answer.value("allowed", false),
                         .reason = answer.value("reject-reason", answer.value("package-error", "")),
                         .details = answer.value("reject-details", "")};
  if (verdict.allowed) {
    answer.at("vsize").get_to(verdict.vsize);
    verdict.fee = amount_of(answer.at("fees").at("base"));
  }
  return verdict;
}

}  // namespace

std::vector<MempoolVerdict> test_mempool(const Node& node,
                                         std::span<const p2p::Transaction> package) {
  Json transactions = Json::array();
  for (const p2p::Transaction& transaction : package) transactions.push_back(transaction);
  std::vector<MempoolVerdict> verdicts;
  const Json answers = node.rpc("testmempoolaccept", transactions, 0);
  for (const Json& answer : answers) verdicts.push_back(verdict_of(answer));
  if (verdicts.size() != package.size()) {
    throw AssertionError(fmt::format("{} has {} verdicts on {} transactions: {}", node.name(),
                                     verdicts.size(), package.size(), answers.dump()));
  }
  return verdicts;
}

MempoolVerdict test_mempool(const Node& node, const p2p::Transaction& transaction) {
  return test_mempool(node, std::span(&transaction, 1)).at(0);
}

std::string refusal_of(const Node& node, const p2p::Transaction& transaction) {
  const rpc::BatchCall call{"sendrawtransaction", Json::array({Json(transaction), 0})};
  const rpc::BatchResult result = node.rpc.batch({call}).front();
  if (result.ok()) {
    if (hash_of(result.value()) != transaction.txid()) {
      throw AssertionError(fmt::format("{} took {} for {}", node.name(),
                                       transaction.txid().to_string(), result.value().dump()));
    }
    return {};
  }
  const rpc::RpcErrorCode code = result.error()->code();
  if (code != rpc::RpcErrorCode::RPC_VERIFY_REJECTED &&
      code != rpc::RpcErrorCode::RPC_VERIFY_ERROR) {
    result.value();
  }
  return result.error()->message();
}

std::set<Uint256> mempool_txids(const Node& node) {
  std::set<Uint256> txids;
  for (const Json& txid : node.rpc("getrawmempool")) txids.insert(hash_of(txid));
  return txids;
}

bool in_mempool(const Node& node, const Uint256& txid) {
  return mempool_txids(node).contains(txid);
}

std::string money_text(Amount amount) {
  std::string text = amount.to_string();
  const std::size_t shortest = text.find('.') + 1 + kLeastDecimals;
  text.erase(std::max(text.find_last_not_of('0') + 1, shortest));
  return text;
}

std::string fee_rate_text(Amount rate_per_kvb) {
  return rate_per_kvb.to_string() + " BTC/kvB";
}

}  // namespace noderig
