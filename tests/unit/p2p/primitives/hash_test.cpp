#include <gtest/gtest.h>
#include <noderig/p2p/primitives/hash.h>
#include <noderig/p2p/primitives/siphash.h>

#include <thread>

namespace noderig::p2p {
namespace {

// In the order of the bytes, as the vectors of the hash functions are written.
std::string hex(const Uint256& hash) {
  return to_hex(hash.wire());
}

TEST(Hash, Sha256) {
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256(as_byte_span("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(Bytes(1'000'000, std::byte{'a'}))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Hash, Sha256d) {
  EXPECT_EQ(hex(sha256d(as_byte_span("hello"))),
            "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50");
  const Uint256 a = sha256(as_byte_span("a"));
  const Uint256 b = sha256(as_byte_span("b"));
  EXPECT_EQ(sha256d(a, b), sha256d(bytes_from_hex(hex(a) + hex(b))));
}

TEST(Hash, Ripemd160) {
  EXPECT_EQ(to_hex(ripemd160({})), "9c1185a5c5e9fc54612808977ee8f548b2258d31");
  EXPECT_EQ(to_hex(ripemd160(as_byte_span("abc"))), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
}

// The key and its hash from BIP143.
TEST(Hash, Hash160OfAPublicKey) {
  const Bytes key =
      bytes_from_hex("025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357");
  EXPECT_EQ(to_hex(hash160(key)), "1d0f172a0ecb48aee1be1f2687d2963ae33f71a1");
}

// A leaf from the vectors of BIP341.
TEST(Hash, TaggedHash) {
  EXPECT_EQ(hex(tagged_hash("TapLeaf",
                            bytes_from_hex("c02220d85a959b0290bf19bb89ed43c916be835475d013da4b36211"
                                           "7393e25a48229b8ac"))),
            "5b75adecf53548f3ec6ad7d78383bf84cc57b55a3127c72b9a2481752dd88b21");
}

TEST(Hash, StreamsInPiecesAndStartsOver) {
  Sha256 stream;
  for (int i = 0; i < 3; ++i) {
    stream.write(as_byte_span("a")).write({}).write(as_byte_span("bc"));
    EXPECT_EQ(stream.finish(), sha256(as_byte_span("abc")));
  }
  stream.write(as_byte_span("x"));
  Sha256 moved = std::move(stream);
  EXPECT_EQ(moved.write(as_byte_span("y")).finish(), sha256(as_byte_span("xy")));
}

TEST(Hash, WorksInEveryThread) {
  Uint256 other;
  std::array<std::byte, 20> other_ripemd{};
  std::thread([&] {
    other = sha256d(as_byte_span("abc"));
    other_ripemd = ripemd160(as_byte_span("abc"));
  }).join();
  EXPECT_EQ(other, sha256d(as_byte_span("abc")));
  EXPECT_EQ(other_ripemd, ripemd160(as_byte_span("abc")));
}

struct SipVector {
  std::uint64_t k0;
  std::uint64_t k1;
  std::size_t length;  // of the input 00 01 02 ...
  std::uint64_t hash;
};

TEST(SipHash, Vectors) {
  constexpr std::uint64_t k0 = 0x0706050403020100;
  constexpr std::uint64_t k1 = 0x0f0e0d0c0b0a0908;
  for (const SipVector& v : std::initializer_list<SipVector>{
           {0, 0, 0, 0x1e924b9d737700d7},
           {k0, k1, 0, 0x726fdb47dd0e0e31},
           {k0, k1, 1, 0x74f839c593dc67fd},
           {k0, k1, 8, 0x93f5f5799a932462},
           {k0, k1, 15, 0xa129ca6149be45e5},  // the example of the paper
       }) {
    Bytes input(v.length);
    for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::byte>(i);
    EXPECT_EQ(siphash(v.k0, v.k1, input), v.hash) << v.length;
  }
}

}  // namespace
}  // namespace noderig::p2p
