// What a signature signs: the hash of a transaction for one input, in the three forms that
// consensus knows. Pure functions; any thread.
#pragma once

#include <noderig/p2p/primitives/script.h>
#include <noderig/p2p/primitives/transaction.h>
#include <optional>
#include <span>

namespace noderig {

// Sighash types are numbers on the wire, and any number may stand there: one of the first three,
// with kSighashAnyoneCanPay or without.
inline constexpr std::uint32_t kSighashDefault = 0x00;  // taproot only: like All, and not appended
inline constexpr std::uint32_t kSighashAll = 0x01;
inline constexpr std::uint32_t kSighashNone = 0x02;
inline constexpr std::uint32_t kSighashSingle = 0x03;
inline constexpr std::uint32_t kSighashAnyoneCanPay = 0x80;

// Before segregated witness. `script_code` is the script that holds the OP_CHECKSIG, from its last
// executed OP_CODESEPARATOR on; further ones are left out of the hash. Gives the number one, as
// consensus has it, for an input that isn't there and for Single without an output at its index.
Uint256 legacy_sighash(const p2p::Transaction& transaction, std::size_t input,
                       const p2p::Script& script_code, std::uint32_t type);

// Witness version 0 (BIP143). `amount` is that of the spent output. Throws std::out_of_range for an
// input that isn't there.
Uint256 segwit_v0_sighash(const p2p::Transaction& transaction, std::size_t input,
                          const p2p::Script& script_code, Amount amount, std::uint32_t type);

// What a taproot signature signs beside the transaction.
struct TaprootContext {
  std::optional<Bytes> annex{};               // with its 0x50
  std::optional<Uint256> leaf_hash{};         // for a script path spend (BIP342)
  std::uint32_t code_separator = 0xffffffff;  // opcode position of the last executed one
};

// Taproot (BIP341). `spent` are the outputs that the inputs spend, in the order of the inputs.
// Throws std::invalid_argument where consensus defines no hash: a type that is none, another number
// of outputs than of inputs, an input that isn't there, Single without an output at its index.
Uint256 taproot_sighash(const p2p::Transaction& transaction, std::size_t input,
                        std::span<const p2p::TxOut> spent, std::uint8_t type,
                        const TaprootContext& context = {});

// The hash of a tapscript leaf.
Uint256 tapleaf_hash(const p2p::Script& script, std::byte leaf_version = std::byte{0xc0});

}  // namespace noderig
