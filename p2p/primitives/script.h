// Scripts: the programs in inputs and outputs. A Script is a value: bytes that need not be a valid
// program, with a builder and a reader for instructions. Any thread.
#pragma once

#include <noderig/p2p/primitives/hash.h>
#include <noderig/p2p/primitives/serialize.h>
#include <boost/container/small_vector.hpp>
#include <initializer_list>

namespace noderig::p2p {

// Opcodes by their consensus names. Those below PushData1 stand for a push of that many bytes.
enum class Op : std::uint8_t {
  // pushes
  Zero = 0x00,
  False = Zero,
  PushData1 = 0x4c,
  PushData2 = 0x4d,
  PushData4 = 0x4e,
  OneNegate = 0x4f,
  Reserved = 0x50,
  One = 0x51,
  True = One,
  Two,
  Three,
  Four,
  Five,
  Six,
  Seven,
  Eight,
  Nine,
  Ten,
  Eleven,
  Twelve,
  Thirteen,
  Fourteen,
  Fifteen,
  Sixteen = 0x60,

  // flow control
  Nop = 0x61,
  Ver,
  If,
  NotIf,
  VerIf,
  VerNotIf,
  Else,
  EndIf,
  Verify,
  Return = 0x6a,

  // stack
  ToAltStack = 0x6b,
  FromAltStack,
  TwoDrop,
  TwoDup,
  ThreeDup,
  TwoOver,
  TwoRot,
  TwoSwap,
  IfDup,
  Depth,
  Drop,
  Dup,
  Nip,
  Over,
  Pick,
  Roll,
  Rot,
  Swap,
  Tuck = 0x7d,

  // strings
  Cat = 0x7e,
  SubStr,
  Left,
  Right,
  Size = 0x82,

  // bits
  Invert = 0x83,
  And,
  Or,
  Xor,
  Equal,
  EqualVerify,
  Reserved1,
  Reserved2 = 0x8a,

  // numbers
  OneAdd = 0x8b,
  OneSub,
  TwoMul,
  TwoDiv,
  Negate,
  Abs,
  Not,
  ZeroNotEqual,
  Add,
  Sub,
  Mul,
  Div,
  Mod,
  LShift,
  RShift,
  BoolAnd,
  BoolOr,
  NumEqual,
  NumEqualVerify,
  NumNotEqual,
  LessThan,
  GreaterThan,
  LessThanOrEqual,
  GreaterThanOrEqual,
  Min,
  Max,
  Within = 0xa5,

  // cryptography
  Ripemd160 = 0xa6,
  Sha1,
  Sha256,
  Hash160,
  Hash256,
  CodeSeparator,
  CheckSig,
  CheckSigVerify,
  CheckMultiSig,
  CheckMultiSigVerify = 0xaf,

  // upgrades
  Nop1 = 0xb0,
  CheckLockTimeVerify = 0xb1,
  Nop2 = CheckLockTimeVerify,
  CheckSequenceVerify = 0xb2,
  Nop3 = CheckSequenceVerify,
  Nop4,
  Nop5,
  Nop6,
  Nop7,
  Nop8,
  Nop9,
  Nop10,
  CheckSigAdd = 0xba,
  InvalidOpCode = 0xff,
};

// The opcode as nodes print it: "OP_CHECKSIG", "0", "-1", "16"; "OP_UNKNOWN" where it has no name.
std::string_view to_string(Op op);

class Script {
 public:
  Script() = default;

  // The bytes as they are. Takes Bytes as well.
  explicit Script(ByteSpan bytes) { assign(bytes); }

  // One opcode after the other.
  Script(std::initializer_list<Op> ops) {
    for (const Op op : ops) push_op(op);
  }

  // Replaces the whole script; faster than assigning a temporary.
  Script& assign(ByteSpan bytes) {
    // Between pointers the vector copies all at once, between a span's iterators byte by byte.
    bytes_.assign(bytes.data(), bytes.data() + bytes.size());
    return *this;
  }

  // Appends the shortest push of `data`: an opcode that stands for the value where there is one.
  Script& push(ByteSpan data);

  // Appends the shortest push of `number` as scripts count: signed, of any length up to 9 bytes.
  Script& push_int(std::int64_t number);

  Script& push_op(Op op) {
    bytes_.push_back(static_cast<std::byte>(op));
    return *this;
  }
  Script& operator<<(Op op) { return push_op(op); }

  // Appends bytes as they are: an instruction that the builder would not write.
  Script& append(ByteSpan raw) {
    bytes_.insert(bytes_.end(), raw.data(), raw.data() + raw.size());
    return *this;
  }

  // A view that lives as long as this script is not changed.
  operator ByteSpan() const { return {bytes_.data(), bytes_.size()}; }
  ByteSpan bytes() const { return *this; }

  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  std::byte operator[](std::size_t index) const { return bytes_[index]; }

  std::string to_hex() const { return noderig::to_hex(*this); }

  // A compact size, then the bytes.
  void encode(Writer& writer) const { writer.var_bytes(*this); }
  static Script decode(Reader& reader) { return Script(reader.var_bytes("script")); }

  friend bool operator==(const Script& a, const Script& b) { return a.bytes_ == b.bytes_; }

 private:
  // Output scripts of the standard kinds stay inside: the longest but one has 35 bytes.
  boost::container::small_vector<std::byte, 36> bytes_;
};

// Prints the hexadecimal bytes.
std::ostream& operator<<(std::ostream& out, const Script& script);

// One step of a script.
struct Instruction {
  Op op;
  ByteSpan data;       // what it pushes; empty for other opcodes
  std::size_t offset;  // where it begins
};

// Reads a script instruction by instruction. Does not own it.
class ScriptReader {
 public:
  explicit ScriptReader(ByteSpan script) : script_(script) {}

  // The next instruction; nothing at the end and where a push is cut short.
  std::optional<Instruction> next();

  // Where the next instruction begins. Before the end after next() gave nothing: a push that is cut
  // short stands there.
  std::size_t offset() const { return offset_; }
  bool at_end() const { return offset_ == script_.size(); }

 private:
  ByteSpan script_;
  std::size_t offset_ = 0;
};

// The script in words as nodes print it ("asm"): opcodes by name, pushes of up to four bytes as
// numbers and longer ones in hexadecimal, "[error]" in place of a push that is cut short.
std::string disassemble(const Script& script);

// `number` in as few bytes as scripts need for it: little-endian, with a sign bit, zero is empty.
Bytes script_number(std::int64_t number);

// How a coinbase's input script begins: a push of the block's height (BIP34).
Script bip34_height(int height);

// Output scripts of the standard kinds.
Script p2pk(ByteSpan public_key);
Script p2pkh(const std::array<std::byte, 20>& key_hash);
Script p2sh(const std::array<std::byte, 20>& script_hash);
Script p2wpkh(const std::array<std::byte, 20>& key_hash);
Script p2wsh(const Uint256& script_hash);  // the single SHA-256 of the script
Script p2tr(const std::array<std::byte, 32>& x_only_output_key);

// OP_RETURN, then a push of `data`: an output that cannot be spent.
Script op_return(ByteSpan data);

}  // namespace noderig::p2p
