// What the parts of the scenario fundrawtransaction share. A part is a function that runs the
// sub-tests of one theme; the scenario's own file calls them in order.
#pragma once

#include <noderig/framework/chain/descriptor.h>
#include <noderig/framework/node/wallet.h>
#include <noderig/scenario.h>

namespace noderig::fundraw {

using p2p::OutPoint;
using p2p::Script;
using p2p::Transaction;
using p2p::TxOut;
using namespace literals;  // NOLINT(google-build-using-namespace)

struct Course {
  Rig& rig;
  Node& node;       // every wallet's, unless a sub-test makes one of its own
  RigWallet& bank;  // pays the wallets
};

void run_subtraction(const Course& course);
void run_inputs(const Course& course);
void run_confirmations(const Course& course);
void run_weight(const Course& course);
void run_change(const Course& course);
void run_locked_wallet(const Course& course);
void run_options(const Course& course);
void run_fees(const Course& course);
void run_fee_rates(const Course& course);
void run_watching(const Course& course);
void run_external(const Course& course);

// For 1000 virtual bytes: what wallets pay when nobody says otherwise (-fallbackfee), and the least
// that nodes relay.
inline constexpr Amount kFeeRate = 1'000_sat;

inline constexpr std::string_view kPresetTooSmall =
    "The preselected coins total amount does not cover the transaction target. Please allow other "
    "inputs to be automatically selected or include more coins manually";
inline constexpr std::string_view kInsufficientFunds = "Insufficient funds";

constexpr Amount mbtc(std::int64_t thousandths) {
  return Amount::sat(thousandths * 100'000);
}

// Bytes of a P2WPKH input's witness with an ECDSA signature of that length, sighash byte included.
// Wallets that sign for themselves count on 71, for they try nonces until R is low; else 72.
constexpr std::int64_t p2wpkh_witness(std::int64_t signature) {
  return 1 + 1 + signature + 1 + 33;
}

// Virtual size of a transaction of P2WPKH inputs and outputs whose witnesses have so many bytes
// together.
constexpr std::int64_t p2wpkh_vsize(std::int64_t inputs, std::int64_t outputs,
                                    std::int64_t witness) {
  const std::int64_t stripped = 10 + 41 * inputs + 31 * outputs;
  return (4 * stripped + 2 + witness + 3) / 4;
}
constexpr std::int64_t p2wpkh_vsize(std::int64_t inputs, std::int64_t outputs) {
  return p2wpkh_vsize(inputs, outputs, inputs * p2wpkh_witness(71));
}

// Somebody outside of all wallets, told apart by a number: the key, the P2WPKH address, an output.
Key recipient_key(int who = 0);
std::string recipient(int who = 0);
TxOut pay(Amount value, int who = 0);
// An output to a wallet's address.
TxOut pay_to(const std::string& address, Amount value);

// A transaction to be funded.
Transaction draft(std::vector<TxOut> outputs, const std::vector<OutPoint>& inputs = {});

// What fundrawtransaction made of a draft.
struct Funded {
  Transaction transaction;
  Amount fee;
  std::optional<std::size_t> change_position;

  // Throws AssertionError when there is none.
  const TxOut& change() const;
  // The outputs without the change.
  std::vector<TxOut> payments() const;
};

bool spends(const Transaction& transaction, const OutPoint& coin);

// Has the wallet fund a draft and checks what holds for every funded transaction: the draft's
// inputs come first and unchanged, its outputs in their order, at most one output is new, and
// inputs less outputs are the fee to the satoshi.
Funded fund(const ScopedWallet& wallet, const Transaction& transaction,
            const Json& options = Json::object());

// The wallet refuses to fund the draft.
void assert_refused(const ScopedWallet& wallet, const Transaction& transaction, const Json& options,
                    int code, std::string_view text,
                    std::source_location where = std::source_location::current());

// The node would take the transaction into its mempool.
void assert_acceptable(const Node& node, const Transaction& transaction);

// Sends a transaction and mines the mempool: it must be in the block.
void confirm(Node& node, const Transaction& transaction);

// {"txid": ..., "vout": ...}, as RPC takes an input.
Json input(const OutPoint& coin);

}  // namespace noderig::fundraw
