#include <noderig/p2p/primitives/transaction.h>

#include <algorithm>

namespace noderig::p2p {
namespace {

// Fewest bytes on the wire.
constexpr std::size_t kMinInput = OutPoint::kSize + 1 + 4;
constexpr std::size_t kMinOutput = 8 + 1;

// What stands before the inputs in the form with witnesses: a count of no inputs, and the flag.
constexpr std::uint8_t kMarker = 0;
constexpr std::uint8_t kWitnessFlag = 1;

std::size_t var_bytes_size(std::size_t size) {
  return compact_size_length(size) + size;
}

// Decodes in place: an input or output is too large to be moved around at this rate.
void decode_inputs(Reader& reader, std::vector<TxIn>& inputs) {
  inputs.resize(reader.count("input count", kMinInput));
  for (TxIn& input : inputs) {
    input.prevout = OutPoint::decode(reader);
    input.script_sig.assign(reader.var_bytes("input script"));
    input.sequence = reader.integer<std::uint32_t>("sequence");
    if (!reader.ok()) return;
  }
}

void decode_outputs(Reader& reader, std::vector<TxOut>& outputs) {
  outputs.resize(reader.count("output count", kMinOutput));
  for (TxOut& output : outputs) {
    output.value = reader.amount("output value");
    output.script_pubkey.assign(reader.var_bytes("output script"));
    if (!reader.ok()) return;
  }
}

void decode_witness(Reader& reader, std::vector<Bytes>& witness) {
  const std::size_t items = reader.count("witness item count", 1);
  witness.reserve(items);
  for (std::size_t i = 0; i < items && reader.ok(); ++i) {
    const ByteSpan item = reader.var_bytes("witness item");
    witness.emplace_back(item.begin(), item.end());
  }
}

void encode_inputs_and_outputs(Writer& writer, const Transaction& tx) {
  writer.compact_size(tx.inputs.size());
  for (const TxIn& input : tx.inputs) {
    input.prevout.encode(writer);
    writer.var_bytes(input.script_sig).integer(input.sequence);
  }
  writer.compact_size(tx.outputs.size());
  for (const TxOut& output : tx.outputs) output.encode(writer);
}

}  // namespace

OutPoint OutPoint::decode(Reader& reader) {
  OutPoint outpoint;
  outpoint.txid = reader.uint256("previous txid");
  outpoint.index = reader.integer<std::uint32_t>("previous index");
  return outpoint;
}

std::string OutPoint::to_string() const {
  return txid.to_string() + ":" + std::to_string(index);
}

TxOut TxOut::decode(Reader& reader) {
  TxOut output;
  output.value = reader.amount("output value");
  output.script_pubkey.assign(reader.var_bytes("output script"));
  return output;
}

void Transaction::encode(Writer& writer) const {
  if (!has_witness()) {
    encode_without_witness(writer);
    return;
  }
  writer.integer(version).integer(kMarker).integer(kWitnessFlag);
  encode_inputs_and_outputs(writer, *this);
  for (const TxIn& input : inputs) {
    writer.compact_size(input.witness.size());
    for (const Bytes& item : input.witness) writer.var_bytes(item);
  }
  writer.integer(lock_time);
}

void Transaction::encode_without_witness(Writer& writer) const {
  writer.integer(version);
  encode_inputs_and_outputs(writer, *this);
  writer.integer(lock_time);
}

Transaction Transaction::decode(Reader& reader) {
  // No inputs and a next byte of zero is a transaction without inputs and outputs; any other next
  // byte is a flag.
  constexpr std::size_t kVersionSize = 4;
  const bool extended = reader.peek(kVersionSize) == std::byte{kMarker} &&
                        reader.peek(kVersionSize + 1).value_or(std::byte{0}) != std::byte{0};
  if (!extended) return decode_without_witness(reader);

  Transaction tx;
  tx.version = reader.integer<std::int32_t>("version");
  reader.integer<std::uint8_t>("marker");
  const std::size_t flag_at = reader.offset();
  const auto flag = reader.integer<std::uint8_t>("flag");
  if (flag != kWitnessFlag) {
    reader.fail_at(flag_at, DecodeFault::Malformed, "flag " + std::to_string(flag));
    return tx;
  }
  decode_inputs(reader, tx.inputs);
  decode_outputs(reader, tx.outputs);
  const std::size_t witness_at = reader.offset();
  for (TxIn& input : tx.inputs) {
    if (!reader.ok()) return tx;
    decode_witness(reader, input.witness);
  }
  if (reader.ok() && !tx.has_witness()) {
    reader.fail_at(witness_at, DecodeFault::Malformed, "witness record without a witness");
  }
  tx.lock_time = reader.integer<std::uint32_t>("lock time");
  return tx;
}

Transaction Transaction::decode_without_witness(Reader& reader) {
  Transaction tx;
  tx.version = reader.integer<std::int32_t>("version");
  decode_inputs(reader, tx.inputs);
  decode_outputs(reader, tx.outputs);
  tx.lock_time = reader.integer<std::uint32_t>("lock time");
  return tx;
}

Uint256 Transaction::txid() const {
  Writer writer(stripped_size());
  encode_without_witness(writer);
  return sha256d(writer.written());
}

Uint256 Transaction::wtxid() const {
  Writer writer(total_size());
  encode(writer);
  return sha256d(writer.written());
}

bool Transaction::has_witness() const {
  return std::ranges::any_of(inputs, [](const TxIn& input) { return !input.witness.empty(); });
}

std::size_t Transaction::stripped_size() const {
  std::size_t size =
      4 + compact_size_length(inputs.size()) + compact_size_length(outputs.size()) + 4;
  for (const TxIn& input : inputs) {
    size += OutPoint::kSize + var_bytes_size(input.script_sig.size()) + 4;
  }
  for (const TxOut& output : outputs) size += 8 + var_bytes_size(output.script_pubkey.size());
  return size;
}

std::size_t Transaction::total_size() const {
  std::size_t size = stripped_size();
  if (!has_witness()) return size;
  size += sizeof kMarker + sizeof kWitnessFlag;
  for (const TxIn& input : inputs) {
    size += compact_size_length(input.witness.size());
    for (const Bytes& item : input.witness) size += var_bytes_size(item.size());
  }
  return size;
}

}  // namespace noderig::p2p
