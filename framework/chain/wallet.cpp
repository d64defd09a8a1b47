#include <fmt/format.h>
#include <noderig/framework/asker.h>
#include <noderig/framework/chain/address.h>
#include <noderig/framework/chain/sign.h>
#include <noderig/framework/chain/wallet.h>
#include <noderig/p2p/primitives/hash.h>
#include <noderig/p2p/primitives/serialize.h>
#include <algorithm>
#include <stdexcept>

namespace noderig {
namespace {

using p2p::Script;
using p2p::Transaction;

// Blocks and transactions asked for at once: enough to save the round trips, few enough to hold.
constexpr int kBatch = 100;

Script op_true_witness_script() {
  return anyone_can_spend();
}

Script script_of(CoinKind kind, const Key& key) {
  switch (kind) {
    case CoinKind::OpTrue:
      return op_true_script();
    case CoinKind::BareOpTrue:
      return anyone_can_spend();
    case CoinKind::P2pk:
      return p2p::p2pk(key.public_key().bytes());
    case CoinKind::P2wpkh:
      return p2p::p2wpkh(p2p::hash160(key.public_key().bytes()));
  }
  throw std::logic_error("no such kind of coin");
}

template <typename T>
T decode_hex(const Json& reply) {
  const Bytes bytes = bytes_from_hex(reply.get<std::string>());
  auto decoded = p2p::decode_as<T>(bytes);
  if (!decoded) throw std::runtime_error("the node gave what does not decode");
  return *std::move(decoded);
}

// The fee for `vsize` bytes, rounded up.
Amount fee_for(Amount rate, std::size_t vsize) {
  return Amount::sat((rate.satoshi() * static_cast<std::int64_t>(vsize) + 999) / 1000);
}

// How many bytes an output with a bulk script of `script` bytes has.
std::size_t bulk_output_size(std::size_t script) {
  return 8 + (script < 0xfd ? 1 : script <= 0xffff ? 3 : 5) + script;
}

}  // namespace

Script op_true_script() {
  return p2p::p2wsh(p2p::sha256(op_true_witness_script()));
}

RigWallet::RigWallet(Node& node, CoinKind kind, std::string_view phrase)
    : node_(node), kind_(kind), key_(Key::from_phrase(phrase)), script_(script_of(kind, key_)) {}

std::string RigWallet::address() const {
  if (const auto address = address_of(script_, node_.addresses())) return *address;
  throw std::logic_error("coins of this kind have no address");
}

std::vector<Uint256> RigWallet::mine(int count) {
  return node_.mine(count, script_);
}

// ------------------------------------------------------------------------ Following the node

void RigWallet::connect(const p2p::Block& block, const Uint256& hash) {
  BlockEffect effect{.hash = hash, .created = {}, .spent = {}};
  const int height = static_cast<int>(blocks_.size()) + 1;
  for (const Transaction& transaction : block.transactions) {
    for (const p2p::TxIn& input : transaction.inputs) {
      const auto coin = confirmed_.find(input.prevout);
      if (coin == confirmed_.end()) continue;
      effect.spent.push_back(coin->second);
      confirmed_.erase(coin);
    }
    for (Coin& coin : outputs_to_wallet(transaction)) {
      coin.height = height;
      coin.coinbase = transaction.is_coinbase();
      effect.created.push_back(coin.outpoint);
      confirmed_.emplace(coin.outpoint, std::move(coin));
    }
  }
  blocks_.push_back(std::move(effect));
}

// What the block spent comes back first: a coin may have come and gone in it.
void RigWallet::disconnect() {
  for (const Coin& coin : blocks_.back().spent) confirmed_.emplace(coin.outpoint, coin);
  for (const p2p::OutPoint& outpoint : blocks_.back().created) confirmed_.erase(outpoint);
  blocks_.pop_back();
}

void RigWallet::follow_chain() {
  const RigsOwnCalls own;
  Uint256 tip = node_.tip();
  const auto known_tip = [this] {
    return blocks_.empty() ? regtest::genesis_hash() : blocks_.back().hash;
  };
  if (tip == known_tip()) return;
  while (true) {
    const int height = node_.height();
    while (static_cast<int>(blocks_.size()) > height) disconnect();
    while (!blocks_.empty() &&
           hash_of(node_.rpc("getblockhash", blocks_.size())) != blocks_.back().hash) {
      disconnect();
    }
    for (int next = static_cast<int>(blocks_.size()) + 1; next <= height; next += kBatch) {
      std::vector<rpc::BatchCall> calls;
      for (int at = next; at <= std::min(height, next + kBatch - 1); ++at) {
        calls.push_back({"getblockhash", Json::array({at})});
      }
      const auto hashes = node_.rpc.batch(calls);
      for (std::size_t i = 0; i < hashes.size(); ++i) {
        calls[i] = {"getblock", Json::array({hashes[i].value(), 0})};
      }
      const auto blocks = node_.rpc.batch(calls);
      for (std::size_t i = 0; i < blocks.size(); ++i) {
        connect(decode_hex<p2p::Block>(blocks[i].value()), hash_of(hashes[i].value()));
      }
    }
    // The chain may have changed while it was read; what was read may then be of two branches.
    tip = node_.tip();
    if (known_tip() == tip) break;
  }
  follow_mempool();
}

void RigWallet::follow_mempool() {
  const RigsOwnCalls own;
  std::set<Uint256> present;
  for (const Json& txid : node_.rpc("getrawmempool")) present.insert(hash_of(txid));
  std::erase_if(mempool_, [&](const auto& entry) { return !present.contains(entry.first); });
  std::erase_if(others_, [&](const Uint256& txid) { return !present.contains(txid); });

  // In several rounds, since a transaction may concern the wallet by way of one that comes later.
  std::vector<rpc::BatchCall> calls;
  std::vector<Uint256> unknown;
  for (const Uint256& txid : present) {
    if (mempool_.contains(txid) || others_.contains(txid)) continue;
    unknown.push_back(txid);
    calls.push_back({"getrawtransaction", Json::array({Json(txid)})});
  }
  if (calls.empty()) return;
  std::map<Uint256, Transaction> undecided;
  const auto replies = node_.rpc.batch(calls);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    // An error: it has left the mempool again.
    if (replies[i].ok()) undecided[unknown[i]] = decode_hex<Transaction>(replies[i].value());
  }
  for (bool found = true; found;) {
    found = false;
    for (auto one = undecided.begin(); one != undecided.end();) {
      if (concerns(one->second)) {
        mempool_.insert(*one);
        one = undecided.erase(one);
        found = true;
      } else {
        ++one;
      }
    }
  }
  for (const auto& [txid, transaction] : undecided) others_.insert(txid);
}

bool RigWallet::concerns(const Transaction& transaction) const {
  return !outputs_to_wallet(transaction).empty() ||
         std::ranges::any_of(transaction.inputs, [this](const p2p::TxIn& input) {
           return confirmed_.contains(input.prevout);
         });
}

std::vector<Coin> RigWallet::outputs_to_wallet(const Transaction& transaction) const {
  std::vector<Coin> coins;
  std::optional<Uint256> txid;
  for (std::uint32_t i = 0; i < transaction.outputs.size(); ++i) {
    if (!(transaction.outputs[i].script_pubkey == script_)) continue;
    if (!txid) txid = transaction.txid();
    coins.push_back({.outpoint = {*txid, i}, .output = transaction.outputs[i]});
  }
  return coins;
}

void RigWallet::sync() {
  follow_chain();
  follow_mempool();
}

std::vector<Coin> RigWallet::coins() {
  follow_chain();
  std::set<p2p::OutPoint> spent;
  std::vector<Coin> coins;
  for (const auto& [txid, transaction] : mempool_) {
    for (const p2p::TxIn& input : transaction.inputs) spent.insert(input.prevout);
    std::ranges::move(outputs_to_wallet(transaction), std::back_inserter(coins));
  }
  const int next_height = static_cast<int>(blocks_.size()) + 1;
  for (const auto& [outpoint, coin] : confirmed_) {
    const bool mature = !coin.coinbase || next_height - coin.height >= regtest::kCoinbaseMaturity;
    if (mature) coins.push_back(coin);
  }
  std::erase_if(coins, [&](const Coin& coin) { return spent.contains(coin.outpoint); });
  std::ranges::sort(coins, [](const Coin& a, const Coin& b) {
    return std::tuple(!a.confirmed(), -a.value(), a.height, a.outpoint) <
           std::tuple(!b.confirmed(), -b.value(), b.height, b.outpoint);
  });
  return coins;
}

Amount RigWallet::balance() {
  Amount sum;
  for (const Coin& coin : coins()) sum += coin.value();
  return sum;
}

// ------------------------------------------------------------------------------- Transactions

void RigWallet::sign(Transaction& transaction, const std::vector<Coin>& coins) const {
  if (kind_ == CoinKind::BareOpTrue) return;
  std::vector<p2p::TxOut> spent;
  for (const Coin& coin : coins) spent.push_back(coin.output);
  for (std::size_t i = 0; i < transaction.inputs.size(); ++i) {
    if (kind_ == CoinKind::OpTrue) {
      const Script script = op_true_witness_script();
      transaction.inputs[i].witness = {Bytes(script.bytes().begin(), script.bytes().end())};
    } else {
      sign_input(transaction, i, spent, key_);
    }
  }
}

WalletTransaction RigWallet::create(SpendPlan plan) {
  if (plan.coins.empty()) {
    const auto available = coins();
    if (available.empty()) throw std::runtime_error("the wallet has no coin that can be spent");
    plan.coins = {available.front()};
  }
  Amount in;
  Amount out;
  for (const Coin& coin : plan.coins) in += coin.value();
  for (const p2p::TxOut& output : plan.outputs) out += output.value;

  Transaction transaction{.version = plan.version,
                          .inputs = {},
                          .outputs = std::move(plan.outputs),
                          .lock_time = plan.lock_time};
  for (const Coin& coin : plan.coins) {
    transaction.inputs.push_back({.prevout = coin.outpoint, .sequence = plan.sequence});
  }
  const auto first_change = static_cast<std::ptrdiff_t>(transaction.outputs.size());
  transaction.outputs.resize(
      transaction.outputs.size() + static_cast<std::size_t>(std::max(plan.change_outputs, 0)),
      {.value = Amount(), .script_pubkey = script_});
  sign(transaction, plan.coins);  // for its size; amounts do not change it
  if (const std::size_t vsize = transaction.vsize(); vsize < plan.target_vsize) {
    const std::size_t lacking = plan.target_vsize - vsize;
    // A length that grows from one byte to three leaves two sizes out: the next smaller is taken.
    std::size_t script = std::max<std::size_t>(lacking, 10) - 9;
    while (script > 1 && bulk_output_size(script) > lacking) --script;
    transaction.outputs.push_back(bulk_output(std::max<std::size_t>(script, 1)));
  }

  const Amount fee = plan.change_outputs > 0 || plan.fee
                         ? plan.fee.value_or(fee_for(plan.fee_rate, transaction.vsize()))
                         : in - out;
  const Amount change = in - out - fee;
  if (change < Amount() || (plan.change_outputs == 0 && change != Amount())) {
    throw std::runtime_error(fmt::format("coins of {} do not make outputs of {} with a fee of {}",
                                         in.to_string(), out.to_string(), fee.to_string()));
  }
  if (plan.change_outputs > 0) {
    const Amount share = change / plan.change_outputs;
    for (int i = 0; i < plan.change_outputs; ++i) {
      transaction.outputs[static_cast<std::size_t>(first_change + i)].value = share;
    }
    transaction.outputs[static_cast<std::size_t>(first_change)].value +=
        change - share * plan.change_outputs;
  }
  sign(transaction, plan.coins);
  auto own = outputs_to_wallet(transaction);
  return {.transaction = std::move(transaction), .fee = fee, .change = std::move(own)};
}

WalletTransaction RigWallet::send(SpendPlan plan) {
  WalletTransaction made = create(std::move(plan));
  // The second argument: no limit on the fee rate, which is the scenario's to choose.
  node_.rpc("sendrawtransaction", made.transaction, 0);
  // It may have replaced others.
  std::erase_if(mempool_, [&](const auto& entry) {
    return std::ranges::any_of(entry.second.inputs, [&](const p2p::TxIn& input) {
      return std::ranges::any_of(made.transaction.inputs, [&](const p2p::TxIn& spending) {
        return spending.prevout == input.prevout;
      });
    });
  });
  mempool_.emplace(made.txid(), made.transaction);
  return made;
}

}  // namespace noderig
