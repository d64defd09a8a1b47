// Transactions (BIP144 on the wire). Plain values that hold whatever a test puts in; nothing is
// validated and no hash is kept, so that changing a field needs no upkeep. Any thread.
#pragma once

#include <noderig/p2p/primitives/script.h>

namespace noderig::p2p {

// An output of an earlier transaction.
struct OutPoint {
  static constexpr std::size_t kSize = 36;

  Uint256 txid{};
  std::uint32_t index = 0;

  // What a coinbase spends.
  static constexpr OutPoint null() { return {Uint256(), 0xffffffff}; }
  constexpr bool is_null() const { return *this == null(); }

  void encode(Writer& writer) const { writer.uint256(txid).integer(index); }
  static OutPoint decode(Reader& reader);

  // "txid:index"
  std::string to_string() const;

  friend constexpr bool operator==(const OutPoint&, const OutPoint&) = default;
  friend constexpr auto operator<=>(const OutPoint&, const OutPoint&) = default;
};

struct TxIn {
  OutPoint prevout{};
  Script script_sig{};
  std::uint32_t sequence = 0xffffffff;
  std::vector<Bytes> witness{};  // travels at the end of the transaction, not with the input

  friend bool operator==(const TxIn&, const TxIn&) = default;
};

struct TxOut {
  Amount value{};
  Script script_pubkey{};

  void encode(Writer& writer) const { writer.amount(value).var_bytes(script_pubkey); }
  static TxOut decode(Reader& reader);

  friend bool operator==(const TxOut&, const TxOut&) = default;
};

struct Transaction {
  // Fewest bytes on the wire: no inputs, no outputs.
  static constexpr std::size_t kMinSize = 10;

  std::int32_t version = 2;
  std::vector<TxIn> inputs{};
  std::vector<TxOut> outputs{};
  std::uint32_t lock_time = 0;

  // With the witnesses when any input has one.
  void encode(Writer& writer) const;
  void encode_without_witness(Writer& writer) const;

  // Either form. As nodes do, takes "no inputs" for the mark of the form with witnesses.
  static Transaction decode(Reader& reader);

  // Only the form without witnesses: for a transaction that has outputs but no inputs yet.
  static Transaction decode_without_witness(Reader& reader);

  // Computed on each call.
  Uint256 txid() const;
  Uint256 wtxid() const;

  bool has_witness() const;
  bool is_coinbase() const { return inputs.size() == 1 && inputs[0].prevout.is_null(); }

  std::size_t stripped_size() const;  // bytes without witnesses
  std::size_t total_size() const;     // bytes as encode() writes them
  std::size_t weight() const { return 3 * stripped_size() + total_size(); }
  std::size_t vsize() const { return (weight() + 3) / 4; }

  friend bool operator==(const Transaction&, const Transaction&) = default;
};

}  // namespace noderig::p2p

template <>
struct std::hash<noderig::p2p::OutPoint> {
  std::size_t operator()(const noderig::p2p::OutPoint& value) const noexcept {
    return std::hash<noderig::Uint256>()(value.txid) ^ (value.index * 0x9e3779b97f4a7c15ULL);
  }
};
