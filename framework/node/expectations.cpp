#include <fmt/format.h>
#include <noderig/framework/chain/address.h>
#include <noderig/framework/chain/regtest.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/expectations.h>
#include <noderig/framework/node/wallet.h>

namespace noderig {
namespace {

// "The total exceeds your balance when the 0.00000042 transaction fee is included."
constexpr std::string_view kFeeExceeds = "The total exceeds your balance when the ";

// The error of a call that fails.
rpc::RpcError error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const rpc::RpcError& error) {
    return error;
  }
  throw AssertionError("a call that cannot succeed did");
}

}  // namespace

namespace expectations {

std::string fee_not_covered(const DaemonProfile& profile, Amount fee) {
  if (!profile.can("names-missing-fee")) return "Insufficient funds";
  return fmt::format("{}{} transaction fee is included.", kFeeExceeds, fee.to_string());
}

}  // namespace expectations

std::set<std::string> wallet_behaviours(Node& node) {
  constexpr int kTypeError = -3;
  const ScopedWallet wallet(node, "probe");
  std::set<std::string> behaviours;

  // One coin that can be spent, and a payment of all that it is worth.
  const auto script = script_for_address(wallet.new_address());
  if (!script) throw AssertionError("a wallet's address is none of regtest");
  node.mine(1, *script);
  node.mine(regtest::kCoinbaseMaturity);
  const p2p::Transaction payment{
      .inputs = {}, .outputs = {{.value = wallet.balance(), .script_pubkey = anyone_can_spend()}}};
  const rpc::RpcError refusal = error_of([&] {
    wallet.rpc.named("fundrawtransaction", {{"hexstring", payment}, {"fee_rate", 1}});
  });
  if (refusal.message().starts_with(kFeeExceeds)) behaviours.insert("names-missing-fee");

  // Refused in any case: what comes first, the type of the options or the transaction?
  const rpc::RpcError bad_call = error_of([&] { wallet.rpc("fundrawtransaction", "", true); });
  if (static_cast<int>(bad_call.code()) != kTypeError) behaviours.insert("fund-options-true");
  return behaviours;
}

}  // namespace noderig
