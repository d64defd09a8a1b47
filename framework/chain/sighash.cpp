#include <noderig/framework/chain/sighash.h>
#include <noderig/p2p/primitives/hash.h>
#include <noderig/p2p/primitives/serialize.h>
#include <stdexcept>

namespace noderig {
namespace {

using p2p::Transaction;
using p2p::TxOut;
using p2p::Writer;

// The lower bits of the type say which outputs are signed.
std::uint32_t outputs_part(std::uint32_t type) {
  return type & 0x1f;
}

bool anyone_can_pay(std::uint32_t type) {
  return (type & kSighashAnyoneCanPay) != 0;
}

// `script` without its OP_CODESEPARATORs. What follows a push that is cut short stays as it is.
Bytes without_code_separators(ByteSpan script) {
  Bytes kept;
  p2p::ScriptReader reader(script);
  while (const auto instruction = reader.next()) {
    if (instruction->op == p2p::Op::CodeSeparator) continue;
    kept.insert(kept.end(), script.begin() + static_cast<std::ptrdiff_t>(instruction->offset),
                script.begin() + static_cast<std::ptrdiff_t>(reader.offset()));
  }
  kept.insert(kept.end(), script.begin() + static_cast<std::ptrdiff_t>(reader.offset()),
              script.end());
  return kept;
}

Bytes encoded_prevouts(const Transaction& transaction) {
  Writer writer;
  for (const auto& input : transaction.inputs) input.prevout.encode(writer);
  return writer.take();
}

Bytes encoded_sequences(const Transaction& transaction) {
  Writer writer;
  for (const auto& input : transaction.inputs) writer.integer(input.sequence);
  return writer.take();
}

Bytes encoded_outputs(std::span<const TxOut> outputs) {
  Writer writer;
  for (const auto& output : outputs) output.encode(writer);
  return writer.take();
}

Bytes encoded_amounts(std::span<const TxOut> outputs) {
  Writer writer;
  for (const auto& output : outputs) writer.amount(output.value);
  return writer.take();
}

Bytes encoded_scripts(std::span<const TxOut> outputs) {
  Writer writer;
  for (const auto& output : outputs) writer.var_bytes(output.script_pubkey);
  return writer.take();
}

bool is_taproot_type(std::uint8_t type) {
  return type <= 0x03 || (type >= 0x81 && type <= 0x83);
}

}  // namespace

Uint256 legacy_sighash(const Transaction& transaction, std::size_t input,
                       const p2p::Script& script_code, std::uint32_t type) {
  const std::uint32_t part = outputs_part(type);
  if (input >= transaction.inputs.size() ||
      (part == kSighashSingle && input >= transaction.outputs.size())) {
    Uint256 one;
    one.wire()[0] = std::byte{1};
    return one;
  }

  const Bytes code = without_code_separators(script_code);
  const auto write_input = [&](Writer& writer, std::size_t i) {
    const auto& from = transaction.inputs[i];
    from.prevout.encode(writer);
    writer.var_bytes(i == input ? ByteSpan(code) : ByteSpan());
    // With None and Single the others may change their sequence.
    const bool free_sequence = i != input && (part == kSighashNone || part == kSighashSingle);
    writer.integer(free_sequence ? std::uint32_t{0} : from.sequence);
  };

  Writer writer;
  writer.integer(transaction.version);
  if (anyone_can_pay(type)) {
    writer.compact_size(1);
    write_input(writer, input);
  } else {
    writer.compact_size(transaction.inputs.size());
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) write_input(writer, i);
  }
  if (part == kSighashNone) {
    writer.compact_size(0);
  } else if (part == kSighashSingle) {
    writer.compact_size(input + 1);
    for (std::size_t i = 0; i < input; ++i) {
      writer.amount(Amount::sat(-1)).compact_size(0);  // a blank output
    }
    transaction.outputs[input].encode(writer);
  } else {
    writer.compact_size(transaction.outputs.size());
    for (const auto& output : transaction.outputs) output.encode(writer);
  }
  writer.integer(transaction.lock_time).integer(type);
  return p2p::sha256d(writer.written());
}

Uint256 segwit_v0_sighash(const Transaction& transaction, std::size_t input,
                          const p2p::Script& script_code, Amount amount, std::uint32_t type) {
  const auto& from = transaction.inputs.at(input);
  const std::uint32_t part = outputs_part(type);
  const bool all_outputs = part != kSighashNone && part != kSighashSingle;

  Uint256 prevouts, sequences, outputs;
  if (!anyone_can_pay(type)) prevouts = p2p::sha256d(encoded_prevouts(transaction));
  if (!anyone_can_pay(type) && all_outputs) {
    sequences = p2p::sha256d(encoded_sequences(transaction));
  }
  if (all_outputs) {
    outputs = p2p::sha256d(encoded_outputs(transaction.outputs));
  } else if (part == kSighashSingle && input < transaction.outputs.size()) {
    outputs = p2p::sha256d(encoded_outputs({&transaction.outputs[input], 1}));
  }

  Writer writer;
  writer.integer(transaction.version).uint256(prevouts).uint256(sequences);
  from.prevout.encode(writer);
  writer.var_bytes(script_code).amount(amount).integer(from.sequence);
  writer.uint256(outputs).integer(transaction.lock_time).integer(type);
  return p2p::sha256d(writer.written());
}

Uint256 taproot_sighash(const Transaction& transaction, std::size_t input,
                        std::span<const TxOut> spent, std::uint8_t type,
                        const TaprootContext& context) {
  if (!is_taproot_type(type)) throw std::invalid_argument("not a sighash type of taproot");
  if (spent.size() != transaction.inputs.size()) {
    throw std::invalid_argument("taproot signs one spent output an input");
  }
  if (input >= transaction.inputs.size()) throw std::invalid_argument("no such input");
  const std::uint32_t part = type & 3;
  if (part == kSighashSingle && input >= transaction.outputs.size()) {
    throw std::invalid_argument("Single needs an output at the index of the input");
  }

  Writer writer;
  writer.integer(std::uint8_t{0});  // epoch
  writer.integer(type).integer(transaction.version).integer(transaction.lock_time);
  if (!anyone_can_pay(type)) {
    writer.uint256(p2p::sha256(encoded_prevouts(transaction)));
    writer.uint256(p2p::sha256(encoded_amounts(spent)));
    writer.uint256(p2p::sha256(encoded_scripts(spent)));
    writer.uint256(p2p::sha256(encoded_sequences(transaction)));
  }
  if (part != kSighashNone && part != kSighashSingle) {
    writer.uint256(p2p::sha256(encoded_outputs(transaction.outputs)));
  }

  const unsigned extension = context.leaf_hash ? 1 : 0;
  writer.integer(static_cast<std::uint8_t>(2 * extension + (context.annex ? 1 : 0)));
  if (anyone_can_pay(type)) {
    transaction.inputs[input].prevout.encode(writer);
    spent[input].encode(writer);
    writer.integer(transaction.inputs[input].sequence);
  } else {
    writer.integer(static_cast<std::uint32_t>(input));
  }
  if (context.annex) {
    Writer annex;
    annex.var_bytes(*context.annex);
    writer.uint256(p2p::sha256(annex.written()));
  }
  if (part == kSighashSingle) {
    writer.uint256(p2p::sha256(encoded_outputs({&transaction.outputs[input], 1})));
  }
  if (context.leaf_hash) {
    constexpr std::uint8_t kKeyVersion = 0;
    writer.uint256(*context.leaf_hash).integer(kKeyVersion).integer(context.code_separator);
  }
  return p2p::tagged_hash("TapSighash", writer.written());
}

Uint256 tapleaf_hash(const p2p::Script& script, std::byte leaf_version) {
  Writer writer;
  writer.integer(std::to_integer<std::uint8_t>(leaf_version)).var_bytes(script);
  return p2p::tagged_hash("TapLeaf", writer.written());
}

}  // namespace noderig
