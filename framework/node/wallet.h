// A wallet of the daemon, loaded while the object lives: made by a sub-test, gone from the node
// with it, so that no sub-test finds another's wallet. For wallets without a daemon's see
// RigWallet. Belongs to one thread; the node must outlive it.
#pragma once

#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/json.h>
#include <noderig/framework/node/node.h>
#include <noderig/p2p/primitives/transaction.h>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

struct WalletOptions {
  bool private_keys = true;  // false: it watches what is imported, and cannot sign
  bool blank = false;        // without keys of its own
};

// A coin as the wallet lists it.
struct WalletCoin {
  p2p::OutPoint outpoint;
  Amount value;
  int confirmations = 0;
  std::string address;

  friend bool operator==(const WalletCoin&, const WalletCoin&) = default;
};

// What a wallet made of a transaction that it was to sign.
struct SigningResult {
  p2p::Transaction transaction;
  bool complete = false;  // nothing is left to be signed
  Json errors;            // the node's own account of the inputs that are not
};

class ScopedWallet {
 public:
  // Creates the wallet on a node that runs. Throws RpcError when the node refuses, as for a name
  // that it has already.
  ScopedWallet(Node& node, const std::string& name, WalletOptions options = {});
  // Unloads it, where it is loaded and the node still answers.
  ~ScopedWallet();
  ScopedWallet(const ScopedWallet&) = delete;
  ScopedWallet& operator=(const ScopedWallet&) = delete;

  // Calls methods of this wallet.
  const rpc::Client rpc;

  Node& node() const { return node_; }
  const std::string& name() const { return *rpc.wallet_name(); }

  void unload();
  void load();

  // A fresh address; without a type the wallet's default. Types: "legacy", "p2sh-segwit", "bech32",
  // "bech32m".
  std::string new_address(std::string_view type = {}) const;
  std::string new_change_address(std::string_view type = {}) const;

  // Watches, or with secret keys owns, what the descriptor (with its checksum) describes, and looks
  // for its coins in recent blocks. `options` are further members of the import: {"active", true}.
  // Throws AssertionError with the node's reason when it does not take it.
  void import_descriptor(const std::string& descriptor, Json options = Json::object()) const;

  // The bank, a wallet on the same node, pays coins of these values in a block of their own: each
  // to a fresh address of that type. The coins in the order of the values.
  std::vector<p2p::OutPoint> receive(RigWallet& bank, const std::vector<Amount>& values,
                                     std::string_view type = {}) const;
  // `count` coins of one value to one address: quick for thousands.
  std::vector<p2p::OutPoint> receive_many(RigWallet& bank, std::size_t count, Amount value,
                                          std::string_view type = {}) const;

  // What can be spent with at least so many confirmations, in the node's order.
  std::vector<WalletCoin> coins(int minimum_confirmations = 1) const;

  // The sum that the wallet counts as its own and confirmed, or sent by itself.
  Amount balance() const;

  // Signs the inputs that the wallet has keys for.
  SigningResult try_sign(const p2p::Transaction& transaction) const;

  // The same for a transaction all of whose inputs are signed then; throws AssertionError with the
  // node's reasons when they are not.
  p2p::Transaction sign(const p2p::Transaction& transaction) const;

  // Adds what the wallet knows and can sign to a PSBT (BIP174).
  std::string process_psbt(const std::string& psbt) const;

 private:
  Node& node_;
  bool loaded_ = true;
};

// Unlocks an encrypted wallet while the object lives.
class UnlockedWallet {
 public:
  UnlockedWallet(const ScopedWallet& wallet, const std::string& passphrase);
  ~UnlockedWallet();
  UnlockedWallet(const UnlockedWallet&) = delete;
  UnlockedWallet& operator=(const UnlockedWallet&) = delete;

 private:
  const ScopedWallet& wallet_;
};

// The bank, a wallet on that node, pays these outputs in a block of their own, whatever the node's
// mempool would say to them. The coins in the order of the outputs.
std::vector<p2p::OutPoint> mine_payments(Node& node, RigWallet& bank,
                                         std::vector<p2p::TxOut> outputs);

// Hands a PSBT from one wallet to the next, each adding its signatures, and returns the transaction
// that comes out. Throws AssertionError, naming what is missing, when it is not complete then.
p2p::Transaction sign_psbt(
    std::string psbt, std::initializer_list<std::reference_wrapper<const ScopedWallet>> wallets);

}  // namespace noderig
