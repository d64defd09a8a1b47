// The rig's own wallet: coins of one kind on one node's chain, without the daemon's wallet. It
// reads the node's blocks and mempool, follows reorganisations, and builds and signs transactions.
// For the scenario's thread; the node must outlive it.
#pragma once

#include <noderig/framework/chain/address.h>
#include <noderig/framework/chain/key.h>
#include <noderig/framework/node/node.h>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

// What the wallet's outputs ask of whoever spends them.
enum class CoinKind {
  OpTrue,      // nothing, by P2WSH of OP_TRUE: standard, with a witness of two bytes
  BareOpTrue,  // nothing, by OP_TRUE as the output script: no witness, and not standard
  P2pk,        // a signature, in the input's script
  P2wpkh,      // a signature and a key, in the witness
};

// What CoinKind::OpTrue is paid by, the same for every wallet.
p2p::Script op_true_script();

struct Coin {
  p2p::OutPoint outpoint;
  p2p::TxOut output;
  int height = kUnconfirmed;  // of the block it is in
  bool coinbase = false;

  static constexpr int kUnconfirmed = -1;

  Amount value() const { return output.value; }
  bool confirmed() const { return height != kUnconfirmed; }
};

// What a transaction is to be. What the inputs have over outputs and fee goes back to the wallet.
struct SpendPlan {
  std::vector<Coin> coins{};              // what to spend; empty: the largest confirmed coin
  std::vector<p2p::TxOut> outputs{};      // to others, before the change
  Amount fee_rate = Amount::sat(10'000);  // satoshi for 1000 virtual bytes
  std::optional<Amount> fee{};            // exactly this one instead
  int change_outputs = 1;                 // equal ones; the first has what does not divide
  std::uint32_t sequence = 0xfffffffd;    // of every input: signals replaceability (BIP125)
  // Padded with an OP_RETURN output up to this many virtual bytes. Above 83 bytes of script that is
  // not standard on most nodes (-datacarriersize).
  std::size_t target_vsize = 0;
  std::int32_t version = 2;
  std::uint32_t lock_time = 0;
};

struct WalletTransaction {
  p2p::Transaction transaction;
  Amount fee;
  std::vector<Coin> change;  // its outputs that pay the wallet, unconfirmed

  Uint256 txid() const { return transaction.txid(); }
  Uint256 wtxid() const { return transaction.wtxid(); }
  std::size_t vsize() const { return transaction.vsize(); }
};

class RigWallet {
 public:
  // Wallets of equal kind and phrase have the same coins.
  explicit RigWallet(Node& node, CoinKind kind = CoinKind::OpTrue,
                     std::string_view phrase = "rig wallet");

  const p2p::Script& script() const { return script_; }
  const Key& key() const { return key_; }

  // The script's address. Throws std::logic_error for kinds that have none: BareOpTrue and P2pk.
  std::string address() const;

  // Mines blocks whose coinbases pay the wallet onto the node's tip; their hashes. A coinbase can
  // be spent when kCoinbaseMaturity - 1 blocks are on top of it: mine(101) gives two coins.
  std::vector<Uint256> mine(int count);

  // Reads what has happened since the last time: blocks that came and went, transactions that
  // entered and left the mempool. All members below look by themselves whether the tip has changed;
  // a change of the mempool alone that the wallet did not make takes a call of this.
  void sync();

  // What can be spent in the next block, the largest confirmed coin first and unconfirmed ones
  // last, in the same order each time.
  std::vector<Coin> coins();

  // The sum of coins().
  Amount balance();

  // Builds and signs a transaction and sends it nowhere; its coins stay the wallet's until it is
  // seen in the mempool or in a block. Throws std::runtime_error, naming the sums, when the coins
  // do not suffice.
  WalletTransaction create(SpendPlan plan = {});

  // The same, and hands it to the node. Throws RpcError when the node refuses it.
  WalletTransaction send(SpendPlan plan = {});

  // Signs every input of a transaction that spends the wallet's coins and nothing else, such as one
  // of create() that was changed afterwards.
  void sign(p2p::Transaction& transaction, const std::vector<Coin>& coins) const;

 private:
  struct BlockEffect {
    Uint256 hash;
    std::vector<p2p::OutPoint> created;
    std::vector<Coin> spent;
  };

  void follow_chain();
  void follow_mempool();
  void connect(const p2p::Block& block, const Uint256& hash);
  void disconnect();
  bool concerns(const p2p::Transaction& transaction) const;
  std::vector<Coin> outputs_to_wallet(const p2p::Transaction& transaction) const;

  Node& node_;
  CoinKind kind_;
  Key key_;
  p2p::Script script_;
  std::vector<BlockEffect> blocks_;              // the active chain as last read, from block 1
  std::map<p2p::OutPoint, Coin> confirmed_;      // unspent as of those blocks
  std::map<Uint256, p2p::Transaction> mempool_;  // the node's transactions that concern the wallet
  std::set<Uint256> others_;                     // the node's transactions that don't
};

}  // namespace noderig
