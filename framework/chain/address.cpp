#include <noderig/framework/chain/address.h>
#include <noderig/framework/chain/base58.h>
#include <noderig/framework/chain/bech32.h>
#include <algorithm>

namespace noderig {
namespace {

using p2p::Op;

constexpr int kMaxWitnessVersion = 16;

std::byte byte_of(Op op) {
  return static_cast<std::byte>(op);
}

// OP_0 and OP_1 to OP_16.
std::byte version_opcode(int version) {
  return version == 0 ? byte_of(Op::False)
                      : static_cast<std::byte>(static_cast<int>(Op::True) + version - 1);
}

// A kind of output script that holds a hash of 20 bytes between fixed bytes.
struct HashForm {
  Bytes before;
  Bytes after;

  p2p::Script with(ByteSpan hash) const {
    p2p::Script script;
    script.append(before).append(hash).append(after);
    return script;
  }

  // The hash in `script`; nothing for a script of another kind.
  std::optional<ByteSpan> hash_in(ByteSpan script) const {
    constexpr std::size_t kHashSize = 20;
    if (script.size() != before.size() + kHashSize + after.size()) return std::nullopt;
    if (!std::ranges::equal(script.first(before.size()), before) ||
        !std::ranges::equal(script.last(after.size()), after)) {
      return std::nullopt;
    }
    return script.subspan(before.size(), kHashSize);
  }
};

const HashForm& key_hash_form() {
  static const HashForm form{{byte_of(Op::Dup), byte_of(Op::Hash160), std::byte{20}},
                             {byte_of(Op::EqualVerify), byte_of(Op::CheckSig)}};
  return form;
}

const HashForm& script_hash_form() {
  static const HashForm form{{byte_of(Op::Hash160), std::byte{20}}, {byte_of(Op::Equal)}};
  return form;
}

std::string base58_address(std::byte prefix, ByteSpan hash) {
  Bytes payload{prefix};
  payload.insert(payload.end(), hash.begin(), hash.end());
  return base58check_encode(payload);
}

std::optional<WitnessProgram> witness_program(ByteSpan script) {
  if (script.size() < 4 || script.size() > 42) return std::nullopt;
  if (std::to_integer<std::size_t>(script[1]) != script.size() - 2) return std::nullopt;
  for (int version = 0; version <= kMaxWitnessVersion; ++version) {
    if (script[0] == version_opcode(version)) {
      return WitnessProgram{version, Bytes(script.begin() + 2, script.end())};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> address_of(const p2p::Script& script, const AddressFormat& format) {
  if (const auto hash = key_hash_form().hash_in(script)) {
    return base58_address(format.key_hash_prefix, *hash);
  }
  if (const auto hash = script_hash_form().hash_in(script)) {
    return base58_address(format.script_hash_prefix, *hash);
  }
  const auto program = witness_program(script);
  if (!program) return std::nullopt;
  const std::size_t size = program->program.size();
  if (program->version == 0 && size != 20 && size != 32) return std::nullopt;
  return segwit_address(format.bech32_prefix, *program);
}

std::optional<p2p::Script> script_for_address(std::string_view address,
                                              const AddressFormat& format) {
  if (const auto program = parse_segwit_address(format.bech32_prefix, address)) {
    p2p::Script script;
    script.append(Bytes{version_opcode(program->version)});
    script.push(program->program);
    return script;
  }
  const auto payload = base58check_decode(address);
  if (!payload || payload->size() != 21) return std::nullopt;
  const ByteSpan hash = ByteSpan(*payload).subspan(1);
  if (payload->front() == format.key_hash_prefix) return key_hash_form().with(hash);
  if (payload->front() == format.script_hash_prefix) return script_hash_form().with(hash);
  return std::nullopt;
}

}  // namespace noderig
