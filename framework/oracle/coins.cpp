#include <fmt/format.h>
#include <noderig/framework/chain/regtest.h>
#include <noderig/framework/oracle/coins.h>

namespace noderig {
namespace {

constexpr std::size_t kLargestScript = 10'000;  // above, an output can never be spent

bool spendable(const p2p::TxOut& output) {
  const ByteSpan script = output.script_pubkey.bytes();
  const bool returns = !script.empty() && script[0] == static_cast<std::byte>(p2p::Op::Return);
  return !returns && script.size() <= kLargestScript;
}

}  // namespace

std::string Coins::to_string() const {
  return fmt::format("{} BTC in {} outputs", value.to_string(), count);
}

void CoinCount::add(const p2p::Block& block) {
  for (const p2p::Transaction& transaction : block.transactions) {
    for (const p2p::TxIn& input : transaction.inputs) {
      const auto spent = unspent_.find(input.prevout);
      if (spent == unspent_.end()) continue;  // a coinbase's
      coins_.value -= spent->second;
      --coins_.count;
      unspent_.erase(spent);
    }
    const Uint256 txid = transaction.txid();
    for (std::uint32_t i = 0; i < transaction.outputs.size(); ++i) {
      const p2p::TxOut& output = transaction.outputs[i];
      if (!spendable(output)) continue;
      unspent_[{txid, i}] = output.value;
      coins_.value += output.value;
      ++coins_.count;
    }
  }
}

std::string fault_in_supply(const Coins& coins, int height, const std::optional<Coins>& counted) {
  Amount most;
  for (int one = 1; one <= height; ++one) most += regtest::subsidy(one);
  if (coins.value > most) {
    return fmt::format("{} BTC unspent at height {}, at most {} BTC were expected",
                       coins.value.to_string(), height, most.to_string());
  }
  if (counted && coins != *counted) {
    return fmt::format("{} unspent at height {}, {} were expected by its blocks", coins.to_string(),
                       height, counted->to_string());
  }
  return {};
}

}  // namespace noderig
