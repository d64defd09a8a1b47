// Signs inputs of transactions for the standard kinds of outputs. Pure functions; any thread.
#pragma once

#include <noderig/framework/chain/key.h>
#include <noderig/framework/chain/sighash.h>
#include <span>

namespace noderig {

// Signs `input` with `key` and puts the signature where the output that it spends wants it: P2PK,
// P2PKH, P2WPKH, P2SH of P2WPKH, or P2TR by the key path (the key untweaked). `spent` are the
// outputs that the inputs spend, in the order of the inputs. With no type named it is All, for
// taproot Default. Replaces the input's script and witness. Whether the key fits the output is not
// looked at: a wrong key makes a wrong signature. Throws std::invalid_argument for another kind of
// output, another number of outputs than of inputs, and what the sighash functions refuse;
// std::out_of_range for an input that isn't there.
void sign_input(p2p::Transaction& transaction, std::size_t input, std::span<const p2p::TxOut> spent,
                const Key& key, std::optional<std::uint32_t> type = std::nullopt);

}  // namespace noderig
