#include <gtest/gtest.h>
#include <noderig/p2p/primitives/script.h>

#include <limits>

namespace noderig::p2p {
namespace {

constexpr std::size_t kMaxPrefix = 5;

std::string pushed(std::string_view hex) {
  return Script().push(bytes_from_hex(hex)).to_hex();
}

std::string number(std::int64_t value) {
  return to_hex(script_number(value));
}

TEST(Script, PushesInTheShortestForm) {
  EXPECT_EQ(pushed(""), "00");
  EXPECT_EQ(pushed("01"), "51");
  EXPECT_EQ(pushed("10"), "60");
  EXPECT_EQ(pushed("81"), "4f");
  EXPECT_EQ(pushed("00"), "0100");
  EXPECT_EQ(pushed("11"), "0111");
  EXPECT_EQ(pushed("80"), "0180");
  EXPECT_EQ(pushed("0101"), "020101");
}

TEST(Script, PushesWithTheShortestLength) {
  struct Case {
    std::size_t size;
    std::string_view prefix;
  };
  for (const Case& c : std::initializer_list<Case>{{75, "4b"},
                                                   {76, "4c4c"},
                                                   {255, "4cff"},
                                                   {256, "4d0001"},
                                                   {65535, "4dffff"},
                                                   {65536, "4e00000100"}}) {
    const Script script = Script().push(Bytes(c.size, std::byte{0xaa}));
    EXPECT_EQ(script.size(), c.prefix.size() / 2 + c.size);
    EXPECT_TRUE(script.to_hex().substr(0, 2 * kMaxPrefix).starts_with(c.prefix)) << c.size;
    const auto instruction = ScriptReader(script).next();
    ASSERT_TRUE(instruction);
    EXPECT_EQ(instruction->data.size(), c.size);
  }
}

TEST(Script, NumbersHaveASignBitAndNoSpareBytes) {
  EXPECT_EQ(number(0), "");
  EXPECT_EQ(number(1), "01");
  EXPECT_EQ(number(-1), "81");
  EXPECT_EQ(number(127), "7f");
  EXPECT_EQ(number(128), "8000");
  EXPECT_EQ(number(-128), "8080");
  EXPECT_EQ(number(255), "ff00");
  EXPECT_EQ(number(256), "0001");
  EXPECT_EQ(number(-255), "ff80");
  EXPECT_EQ(number(0x7fffffff), "ffffff7f");
  EXPECT_EQ(number(0x80000000), "0000008000");
  EXPECT_EQ(number(std::numeric_limits<std::int64_t>::max()), "ffffffffffffff7f");
  EXPECT_EQ(number(std::numeric_limits<std::int64_t>::min()), "000000000000008080");
}

// The bytes that a node's consensus code wants at the start of a coinbase.
TEST(Script, HeightOfACoinbase) {
  EXPECT_EQ(bip34_height(0).to_hex(), "00");
  EXPECT_EQ(bip34_height(1).to_hex(), "51");
  EXPECT_EQ(bip34_height(16).to_hex(), "60");
  EXPECT_EQ(bip34_height(17).to_hex(), "0111");
  EXPECT_EQ(bip34_height(127).to_hex(), "017f");
  EXPECT_EQ(bip34_height(128).to_hex(), "028000");
  EXPECT_EQ(bip34_height(227'931).to_hex(), "035b7a03");
}

TEST(Script, StandardOutputs) {
  const std::string digest(40, 'a');
  std::array<std::byte, 20> hash;
  hash.fill(std::byte{0xaa});
  std::array<std::byte, 32> key;
  key.fill(std::byte{0xbb});
  EXPECT_EQ(p2pkh(hash).to_hex(), "76a914" + digest + "88ac");
  EXPECT_EQ(p2sh(hash).to_hex(), "a914" + digest + "87");
  EXPECT_EQ(p2wpkh(hash).to_hex(), "0014" + digest);
  EXPECT_EQ(p2wsh(Uint256(key)).to_hex(), "0020" + std::string(64, 'b'));
  EXPECT_EQ(p2tr(key).to_hex(), "5120" + std::string(64, 'b'));
  EXPECT_EQ(p2pk(bytes_from_hex("02" + std::string(64, 'b'))).to_hex(),
            "2102" + std::string(64, 'b') + "ac");
  EXPECT_EQ(op_return(as_byte_span("noderig")).to_hex(), "6a076e6f6465726967");
}

TEST(Script, DisassemblesAsNodesDo) {
  EXPECT_EQ(disassemble(Script()), "");
  EXPECT_EQ(disassemble(p2pkh({})),
            "OP_DUP OP_HASH160 " + std::string(40, '0') + " OP_EQUALVERIFY OP_CHECKSIG");
  EXPECT_EQ(disassemble(Script{Op::OneNegate, Op::Zero, Op::True, Op::Sixteen}), "-1 0 1 16");
  EXPECT_EQ(disassemble(Script().push_int(-1000).push_int(499'999)), "-1000 499999");
  EXPECT_EQ(disassemble(Script().push(bytes_from_hex("0102030405"))), "0102030405");
  EXPECT_EQ(disassemble(Script{Op::CheckLockTimeVerify, Op::CheckSigAdd, Op::Nop10}),
            "OP_CHECKLOCKTIMEVERIFY OP_CHECKSIGADD OP_NOP10");
  EXPECT_EQ(disassemble(Script(bytes_from_hex("bbff"))), "OP_UNKNOWN OP_INVALIDOPCODE");
}

TEST(Script, MarksAPushThatIsCutShort) {
  for (const std::string_view hex :
       {"510201", "514c", "514c0201", "514d01", "514e010000", "514b"}) {
    const Script script(bytes_from_hex(hex));
    EXPECT_EQ(disassemble(script), "1 [error]") << hex;
    ScriptReader reader(script);
    EXPECT_TRUE(reader.next());
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.at_end());
    EXPECT_EQ(reader.offset(), 1u);
  }
}

TEST(Script, OpcodesHaveTheirConsensusValues) {
  EXPECT_EQ((Script{Op::Sixteen, Op::Nop, Op::Return, Op::Tuck, Op::Size, Op::Reserved2, Op::Within,
                    Op::CheckMultiSigVerify, Op::Nop10, Op::CheckSigAdd})
                .to_hex(),
            "60616a7d828aa5afb9ba");
  EXPECT_EQ(to_string(Op::Within), "OP_WITHIN");
  EXPECT_EQ(to_string(Op::Size), "OP_SIZE");
  EXPECT_EQ(to_string(Op::CheckMultiSigVerify), "OP_CHECKMULTISIGVERIFY");
}

TEST(Script, TravelsWithItsLength) {
  const Script script = Script().push(Bytes(300, std::byte{7})) << Op::Drop;
  EXPECT_EQ(decode_as<Script>(encode_of(script)).value(), script);
  EXPECT_EQ(to_hex(encode_of(Script{Op::True})), "0151");
}

}  // namespace
}  // namespace noderig::p2p
