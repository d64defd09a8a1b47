#include <noderig/p2p/primitives/script.h>

#include <ostream>

namespace noderig::p2p {
namespace {

constexpr std::uint8_t code(Op op) {
  return static_cast<std::uint8_t>(op);
}

// Names from Nop on.
constexpr std::array<std::string_view, code(Op::CheckSigAdd) - code(Op::Nop) + 1> kNames{
    "OP_NOP",
    "OP_VER",
    "OP_IF",
    "OP_NOTIF",
    "OP_VERIF",
    "OP_VERNOTIF",
    "OP_ELSE",
    "OP_ENDIF",
    "OP_VERIFY",
    "OP_RETURN",
    "OP_TOALTSTACK",
    "OP_FROMALTSTACK",
    "OP_2DROP",
    "OP_2DUP",
    "OP_3DUP",
    "OP_2OVER",
    "OP_2ROT",
    "OP_2SWAP",
    "OP_IFDUP",
    "OP_DEPTH",
    "OP_DROP",
    "OP_DUP",
    "OP_NIP",
    "OP_OVER",
    "OP_PICK",
    "OP_ROLL",
    "OP_ROT",
    "OP_SWAP",
    "OP_TUCK",
    "OP_CAT",
    "OP_SUBSTR",
    "OP_LEFT",
    "OP_RIGHT",
    "OP_SIZE",
    "OP_INVERT",
    "OP_AND",
    "OP_OR",
    "OP_XOR",
    "OP_EQUAL",
    "OP_EQUALVERIFY",
    "OP_RESERVED1",
    "OP_RESERVED2",
    "OP_1ADD",
    "OP_1SUB",
    "OP_2MUL",
    "OP_2DIV",
    "OP_NEGATE",
    "OP_ABS",
    "OP_NOT",
    "OP_0NOTEQUAL",
    "OP_ADD",
    "OP_SUB",
    "OP_MUL",
    "OP_DIV",
    "OP_MOD",
    "OP_LSHIFT",
    "OP_RSHIFT",
    "OP_BOOLAND",
    "OP_BOOLOR",
    "OP_NUMEQUAL",
    "OP_NUMEQUALVERIFY",
    "OP_NUMNOTEQUAL",
    "OP_LESSTHAN",
    "OP_GREATERTHAN",
    "OP_LESSTHANOREQUAL",
    "OP_GREATERTHANOREQUAL",
    "OP_MIN",
    "OP_MAX",
    "OP_WITHIN",
    "OP_RIPEMD160",
    "OP_SHA1",
    "OP_SHA256",
    "OP_HASH160",
    "OP_HASH256",
    "OP_CODESEPARATOR",
    "OP_CHECKSIG",
    "OP_CHECKSIGVERIFY",
    "OP_CHECKMULTISIG",
    "OP_CHECKMULTISIGVERIFY",
    "OP_NOP1",
    "OP_CHECKLOCKTIMEVERIFY",
    "OP_CHECKSEQUENCEVERIFY",
    "OP_NOP4",
    "OP_NOP5",
    "OP_NOP6",
    "OP_NOP7",
    "OP_NOP8",
    "OP_NOP9",
    "OP_NOP10",
    "OP_CHECKSIGADD",
};
static_assert(kNames[code(Op::CheckSig) - code(Op::Nop)] == "OP_CHECKSIG");

constexpr std::array<std::string_view, 16> kSmallNumbers{
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"};

// The inverse of script_number() for up to eight bytes.
std::int64_t number_of(ByteSpan bytes) {
  if (bytes.empty()) return 0;
  std::uint64_t magnitude = 0;
  std::memcpy(&magnitude, bytes.data(), bytes.size());
  const std::uint64_t sign = std::uint64_t{0x80} << (8 * (bytes.size() - 1));
  const bool negative = (magnitude & sign) != 0;
  const auto value = static_cast<std::int64_t>(magnitude & ~sign);
  return negative ? -value : value;
}

}  // namespace

std::string_view to_string(Op op) {
  if (op == Op::Zero) return "0";
  if (op == Op::PushData1) return "OP_PUSHDATA1";
  if (op == Op::PushData2) return "OP_PUSHDATA2";
  if (op == Op::PushData4) return "OP_PUSHDATA4";
  if (op == Op::OneNegate) return "-1";
  if (op == Op::Reserved) return "OP_RESERVED";
  if (op == Op::InvalidOpCode) return "OP_INVALIDOPCODE";
  if (op >= Op::One && op <= Op::Sixteen) return kSmallNumbers[code(op) - code(Op::One)];
  if (op >= Op::Nop && op <= Op::CheckSigAdd) return kNames[code(op) - code(Op::Nop)];
  return "OP_UNKNOWN";
}

Script& Script::push(ByteSpan data) {
  const std::size_t length = data.size();
  if (length == 0) return push_op(Op::Zero);
  if (length == 1) {
    const auto value = std::to_integer<std::uint8_t>(data[0]);
    if (value >= 1 && value <= 16) return push_op(static_cast<Op>(code(Op::One) + value - 1));
    if (value == 0x81) return push_op(Op::OneNegate);
  }
  Writer prefix;
  if (length < code(Op::PushData1)) {
    prefix.integer(static_cast<std::uint8_t>(length));
  } else if (length <= 0xff) {
    prefix.integer(code(Op::PushData1)).integer(static_cast<std::uint8_t>(length));
  } else if (length <= 0xffff) {
    prefix.integer(code(Op::PushData2)).integer(static_cast<std::uint16_t>(length));
  } else {
    prefix.integer(code(Op::PushData4)).integer(static_cast<std::uint32_t>(length));
  }
  return append(prefix.written()).append(data);
}

Script& Script::push_int(std::int64_t number) {
  return push(script_number(number));
}

std::ostream& operator<<(std::ostream& out, const Script& script) {
  return out << script.to_hex();
}

std::optional<Instruction> ScriptReader::next() {
  if (at_end()) return std::nullopt;
  const std::size_t left = script_.size() - offset_ - 1;
  const auto op = static_cast<Op>(script_[offset_]);
  std::size_t width = 0;  // of the length that follows the opcode
  std::size_t length = 0;
  if (op < Op::PushData1) {
    length = code(op);
  } else if (op <= Op::PushData4) {
    width = std::size_t{1} << (code(op) - code(Op::PushData1));
    if (width > left) return std::nullopt;
    std::memcpy(&length, script_.data() + offset_ + 1, width);
  }
  if (length > left - width) return std::nullopt;
  const Instruction instruction{op, script_.subspan(offset_ + 1 + width, length), offset_};
  offset_ += 1 + width + length;
  return instruction;
}

std::string disassemble(const Script& script) {
  std::string text;
  ScriptReader reader(script);
  while (!reader.at_end()) {
    if (!text.empty()) text += ' ';
    const auto instruction = reader.next();
    if (!instruction) return text + "[error]";
    if (instruction->op > Op::PushData4) {
      text += to_string(instruction->op);
    } else if (instruction->data.size() <= 4) {
      text += std::to_string(number_of(instruction->data));
    } else {
      text += to_hex(instruction->data);
    }
  }
  return text;
}

Bytes script_number(std::int64_t number) {
  Bytes bytes;
  const auto bits = static_cast<std::uint64_t>(number);
  for (std::uint64_t rest = number < 0 ? 0 - bits : bits; rest != 0; rest >>= 8) {
    bytes.push_back(static_cast<std::byte>(rest));
  }
  if (bytes.empty()) return bytes;
  // The top bit of the last byte is the sign; a number that needs it for itself gets another byte.
  constexpr std::byte kSign{0x80};
  if ((bytes.back() & kSign) != std::byte{0}) bytes.push_back(std::byte{0});
  if (number < 0) bytes.back() |= kSign;
  return bytes;
}

Script bip34_height(int height) {
  return Script().push_int(height);
}

Script p2pk(ByteSpan public_key) {
  return Script().push(public_key) << Op::CheckSig;
}

Script p2pkh(const std::array<std::byte, 20>& key_hash) {
  return Script{Op::Dup, Op::Hash160}.push(key_hash) << Op::EqualVerify << Op::CheckSig;
}

Script p2sh(const std::array<std::byte, 20>& script_hash) {
  return Script{Op::Hash160}.push(script_hash) << Op::Equal;
}

Script p2wpkh(const std::array<std::byte, 20>& key_hash) {
  return Script{Op::Zero}.push(key_hash);
}

Script p2wsh(const Uint256& script_hash) {
  return Script{Op::Zero}.push(script_hash.wire());
}

Script p2tr(const std::array<std::byte, 32>& x_only_output_key) {
  return Script{Op::One}.push(x_only_output_key);
}

Script op_return(ByteSpan data) {
  return Script{Op::Return}.push(data);
}

}  // namespace noderig::p2p
