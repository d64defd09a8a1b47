#include <fmt/format.h>
#include <noderig/framework/asker.h>
#include <noderig/framework/chain/address.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/wallet.h>

namespace noderig {
namespace {

// A call on a way out: what it throws says that the daemon is gone, which the node itself reports.
// At the end of a part, on the rig's own account.
void call_quietly(const rpc::Client& rpc, std::string_view method) {
  const RigsOwnCalls own;
  try {
    rpc(method);
  } catch (const rpc::RpcError&) {
  } catch (const rpc::TransportError&) {
  }
}

rpc::Client created(Node& node, const std::string& name, const WalletOptions& options) {
  node.rpc.named("createwallet", {{"wallet_name", name},
                                  {"disable_private_keys", !options.private_keys},
                                  {"blank", options.blank}});
  return node.rpc.wallet(name);
}

p2p::TxOut payment_to(const std::string& address, Amount value) {
  const auto script = script_for_address(address);
  if (!script) throw AssertionError("the node's address " + address + " is none of regtest");
  return {.value = value, .script_pubkey = *script};
}

Json address_parameters(std::string_view type) {
  return type.empty() ? Json::object() : Json{{"address_type", type}};
}

}  // namespace

ScopedWallet::ScopedWallet(Node& node, const std::string& name, WalletOptions options)
    : rpc(created(node, name, options)), node_(node) {}

ScopedWallet::~ScopedWallet() {
  if (!loaded_) return;
  call_quietly(rpc, "unloadwallet");
}

void ScopedWallet::unload() {
  rpc("unloadwallet");
  loaded_ = false;
}

void ScopedWallet::load() {
  node_.rpc("loadwallet", name());
  loaded_ = true;
}

std::string ScopedWallet::new_address(std::string_view type) const {
  return rpc.named("getnewaddress", address_parameters(type)).get<std::string>();
}

std::string ScopedWallet::new_change_address(std::string_view type) const {
  return rpc.named("getrawchangeaddress", address_parameters(type)).get<std::string>();
}

void ScopedWallet::import_descriptor(const std::string& descriptor, Json options) const {
  options["desc"] = descriptor;
  options["timestamp"] = "now";
  const Json result = rpc("importdescriptors", Json::array({options})).at(0);
  if (result.at("success") == true) return;
  throw AssertionError(fmt::format("wallet {} of {} does not take {}: {}", name(), node_.name(),
                                   descriptor, result.dump()));
}

std::vector<p2p::OutPoint> ScopedWallet::receive(RigWallet& bank, const std::vector<Amount>& values,
                                                 std::string_view type) const {
  std::vector<p2p::TxOut> outputs;
  for (const Amount value : values) outputs.push_back(payment_to(new_address(type), value));
  return mine_payments(node_, bank, std::move(outputs));
}

std::vector<p2p::OutPoint> ScopedWallet::receive_many(RigWallet& bank, std::size_t count,
                                                      Amount value, std::string_view type) const {
  return mine_payments(node_, bank, {count, payment_to(new_address(type), value)});
}

std::vector<WalletCoin> ScopedWallet::coins(int minimum_confirmations) const {
  std::vector<WalletCoin> coins;
  for (const Json& coin : rpc("listunspent", minimum_confirmations)) {
    coins.push_back({.outpoint = {hash_of(coin.at("txid")), coin.at("vout").get<std::uint32_t>()},
                     .value = amount_of(coin.at("amount")),
                     .confirmations = coin.at("confirmations").get<int>(),
                     .address = coin.value("address", "")});
  }
  return coins;
}

Amount ScopedWallet::balance() const {
  return amount_of(rpc("getbalance"));
}

SigningResult ScopedWallet::try_sign(const p2p::Transaction& transaction) const {
  const Json result = rpc("signrawtransactionwithwallet", transaction);
  return {.transaction = transaction_of(result.at("hex")),
          .complete = result.at("complete").get<bool>(),
          .errors = result.value("errors", Json::array())};
}

p2p::Transaction ScopedWallet::sign(const p2p::Transaction& transaction) const {
  SigningResult result = try_sign(transaction);
  if (result.complete) return std::move(result.transaction);
  throw AssertionError(fmt::format("wallet {} of {} leaves inputs unsigned: {}", name(),
                                   node_.name(), result.errors.dump()));
}

std::string ScopedWallet::process_psbt(const std::string& psbt) const {
  return rpc("walletprocesspsbt", psbt).at("psbt").get<std::string>();
}

UnlockedWallet::UnlockedWallet(const ScopedWallet& wallet, const std::string& passphrase)
    : wallet_(wallet) {
  constexpr int kLongerThanAnyTest = 100'000;  // seconds
  wallet.rpc("walletpassphrase", passphrase, kLongerThanAnyTest);
}

UnlockedWallet::~UnlockedWallet() {
  call_quietly(wallet_.rpc, "walletlock");
}

std::vector<p2p::OutPoint> mine_payments(Node& node, RigWallet& bank,
                                         std::vector<p2p::TxOut> outputs) {
  constexpr Amount kFee = Amount::sat(1000);  // no matter how large: it is in the block already
  Amount lacking = kFee;
  for (const p2p::TxOut& output : outputs) lacking += output.value;
  std::vector<Coin> coins;
  for (const Coin& coin : bank.coins()) {
    if (lacking <= Amount() || !coin.confirmed()) break;
    coins.push_back(coin);
    lacking -= coin.value();
  }
  const std::size_t count = outputs.size();
  const WalletTransaction payment =
      bank.create({.coins = std::move(coins), .outputs = std::move(outputs), .fee = kFee});
  node.mine({.transactions = {payment.transaction}, .fees = kFee});

  std::vector<p2p::OutPoint> paid;
  for (std::uint32_t i = 0; i < count; ++i) paid.push_back({payment.txid(), i});
  return paid;
}

p2p::Transaction sign_psbt(
    std::string psbt, std::initializer_list<std::reference_wrapper<const ScopedWallet>> wallets) {
  if (wallets.size() == 0) throw std::invalid_argument("a PSBT needs a wallet that signs it");
  for (const ScopedWallet& wallet : wallets) psbt = wallet.process_psbt(psbt);
  const rpc::Client& rpc = wallets.begin()->get().rpc;
  const Json result = rpc("finalizepsbt", psbt);
  if (result.at("complete") == true) return transaction_of(result.at("hex"));
  throw AssertionError("the PSBT is not complete when all wallets have signed: " +
                       rpc("analyzepsbt", psbt).dump());
}

}  // namespace noderig
