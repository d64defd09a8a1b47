#include <gmock/gmock.h>

#include <noderig/framework/chain/key.h>
#include <noderig/p2p/primitives/hash.h>
#include <set>

namespace noderig {
namespace {

template <std::size_t N>
std::array<std::byte, N> array_from_hex(std::string_view hex) {
  const Bytes bytes = bytes_from_hex(hex);
  if (bytes.size() != N) throw std::invalid_argument("wrong size: " + std::string(hex));
  std::array<std::byte, N> array;
  std::ranges::copy(bytes, array.begin());
  return array;
}

Key key_from_hex(std::string_view hex) {
  return Key(bytes_from_hex(hex));
}

constexpr std::string_view kOne =
    "0000000000000000000000000000000000000000000000000000000000000001";
constexpr std::string_view kOrder =
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

TEST(Key, GivesTheGeneratorForSecretOne) {
  const Key key = key_from_hex(kOne);
  constexpr std::string_view kX =
      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
  EXPECT_EQ(key.public_key().to_string(), "02" + std::string(kX));
  EXPECT_EQ(to_hex(key.public_key().x_only()), kX);
  EXPECT_EQ(
      to_hex(key.public_key().uncompressed()),
      "04" + std::string(kX) + "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
}

TEST(Key, RefusesSecretsOutsideTheGroup) {
  EXPECT_THROW(Key(Bytes(32)), std::invalid_argument);
  EXPECT_THROW(key_from_hex(kOrder), std::invalid_argument);
  EXPECT_THROW(Key(Bytes(31, std::byte{1})), std::invalid_argument);
}

TEST(Key, ComesFromThePhrasesSha256) {
  // SHA-256 of "abc".
  EXPECT_EQ(to_hex(Key::from_phrase("abc").secret()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Key, ComesFromASeedTheSameEachTime) {
  std::mt19937_64 a(7), b(7), c(8);
  const Key first = Key::from_generator(a);
  EXPECT_EQ(first, Key::from_generator(b));
  EXPECT_FALSE(first == Key::from_generator(a));
  EXPECT_FALSE(first == Key::from_generator(c));
}

// Secret, message whose double SHA-256 is signed, signature: as Bitcoin Core's key_tests have them.
TEST(KeyEcdsa, SignsAsRfc6979Says) {
  const Uint256 hash = p2p::sha256d(as_byte_span("Very deterministic message"));
  EXPECT_EQ(to_hex(key_from_hex("12b004fff7f4b69ef8650e767f18f11ede158148b425660723b9f9a66e61f747")
                       .sign(hash)),
            "304402205dbbddda71772d95ce91cd2d14b592cfbc1dd0aabd6a394b6c2d377bbe59d31d"
            "022014ddda21494a4e221f0824f0b8b924c43fa43c0ad57dccdaa11f81a6bd4582f6");
  EXPECT_EQ(to_hex(key_from_hex("b524c28b61c9b2c49b2c7dd4c2d75887abb78768c054bd7c01af4029f6c0d117")
                       .sign(hash)),
            "3044022052d8a32079c11e79db95af63bb9600c5b04f21a9ca33dc129c2bfa8ac9dc1cd5"
            "022061d8ae5e0f6c1a16bde3719c64c2fd70e404b6428ab9a69566962e8771b5944d");
}

TEST(KeyEcdsa, HasLowRAndVerifies) {
  const Key key = Key::from_phrase("low r");
  for (int i = 0; i < 32; ++i) {
    const Uint256 hash = p2p::sha256d(as_byte_span("message " + std::to_string(i)));
    const Bytes signature = key.sign(hash);
    EXPECT_LE(signature.size(), 70);
    EXPECT_LE(std::to_integer<int>(signature[3]), 32);  // length of R
    EXPECT_TRUE(key.public_key().verify(hash, signature));
    EXPECT_EQ(signature, key.sign(hash));
  }
}

TEST(KeyEcdsa, RefusesAnotherHashKeyOrEncoding) {
  const Key key = Key::from_phrase("a");
  const Uint256 hash = p2p::sha256d(as_byte_span("message"));
  Bytes signature = key.sign(hash);
  EXPECT_FALSE(key.public_key().verify(Uint256(), signature));
  EXPECT_FALSE(Key::from_phrase("b").public_key().verify(hash, signature));
  EXPECT_FALSE(key.public_key().verify(hash, Bytes{}));
  signature.pop_back();
  EXPECT_FALSE(key.public_key().verify(hash, signature));
}

TEST(PublicKey, ParsesBothEncodings) {
  const PublicKey key = Key::from_phrase("a").public_key();
  EXPECT_EQ(PublicKey::parse(key.bytes()), key);
  EXPECT_EQ(PublicKey::parse(key.uncompressed()), key);
}

TEST(PublicKey, RefusesWhatIsNotOnTheCurve) {
  // X of BIP340's vector 5.
  EXPECT_FALSE(PublicKey::parse(
      bytes_from_hex("02eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34")));
  EXPECT_FALSE(PublicKey::parse(Bytes{}));
  EXPECT_FALSE(PublicKey::parse(Bytes(33)));
}

struct SchnorrVector {
  std::string_view secret;  // empty where only verification is asked
  std::string_view public_key;
  std::string_view aux;
  std::string_view message;
  std::string_view signature;
  bool valid;
};

// BIP340's vectors 0 to 17.
const SchnorrVector kSchnorrVectors[] = {
    {"0000000000000000000000000000000000000000000000000000000000000003",
     "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9",
     "0000000000000000000000000000000000000000000000000000000000000000",
     "0000000000000000000000000000000000000000000000000000000000000000",
     "e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215"
     "25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0",
     true},
    {"b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef",
     "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659",
     "0000000000000000000000000000000000000000000000000000000000000001",
     "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
     "6896bd60eeae296db48a229ff71dfe071bde413e6d43f917dc8dcf8c78de3341"
     "8906d11ac976abccb20b091292bff4ea897efcb639ea871cfa95f6de339e4b0a",
     true},
    {"c90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b14e5c9",
     "dd308afec5777e13121fa72b9cc1b7cc0139715309b086c960e18fd969774eb8",
     "c87aa53824b4d7ae2eb035a2b5bbbccc080e76cdc6d1692c4b0b62d798e6d906",
     "7e2d58d8b3bcdf1abadec7829054f90dda9805aab56c77333024b9d0a508b75c",
     "5831aaeed7b44bb74e5eab94ba9d4294c49bcf2a60728d8b4c200f50dd313c1b"
     "ab745879a5ad954a72c45a91c3a51d3c7adea98d82f8481e0e1e03674a6f3fb7",
     true},
    {"0b432b2677937381aef05bb02a66ecd012773062cf3fa2549e44f58ed2401710",
     "25d1dff95105f5253c4022f628a996ad3a0d95fbf21d468a1b33f8c160d8f517",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "7eb0509757e246f19449885651611cb965ecc1a187dd51b64fda1edc9637d5ec"
     "97582b9cb13db3933705b32ba982af5af25fd78881ebb32771fc5922efc66ea3",
     true},
    {"", "d69c3509bb99e412e68b0fe8544e72837dfa30746d8be2aa65975f29d22dc7b9", "",
     "4df3c3f68fcc83b27e9d42c90431a72499f17875c81a599b566c9889b9696703",
     "00000000000000000000003b78ce563f89a0ed9414f5aa28ad0d96d6795f9c63"
     "76afb1548af603b3eb45c9f8207dee1060cb71c04e80f593060b07d28308d7f4",
     true},
    {"", "eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34", "",
     "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
     "6cff5c3ba86c69ea4b7376f31a9bcb4f74c1976089b2d9963da2e5543e177769"
     "69e89b4c5564d00349106b8497785dd7d1d713a8ae82b32fa79d5f7fc407d39b",
     false},
    {"", "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659", "",
     "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
     "fff97bd5755eeea420453a14355235d382f6472f8568a18b2f057a1460297556"
     "3cc27944640ac607cd107ae10923d9ef7a73c643e166be5ebeafa34b1ac553e2",
     false},
    {"", "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659", "",
     "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
     "1fa62e331edbc21c394792d2ab1100a7b432b013df3f6ff4f99fcb33e0e1515f"
     "28890b3edb6e7189b630448b515ce4f8622a954cfe545735aaea5134fccdb2bd",
     false},
    {"", "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659", "",
     "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
     "6cff5c3ba86c69ea4b7376f31a9bcb4f74c1976089b2d9963da2e5543e177769"
     "961764b3aa9b2ffcb6ef947b6887a226e8d7c93e00c5ed0c1834ff0d0c2e6da6",
     false},
    {"", "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659", "",
     "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
     "0000000000000000000000000000000000000000000000000000000000000000"
     "123dda8328af9c23a94c1feecfd123ba4fb73476f0d594dcb65c6425bd186051",
     false},
    {"", "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659", "",
     "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
     "0000000000000000000000000000000000000000000000000000000000000001"
     "7615fbaf5ae28864013c099742deadb4dba87f11ac6754f93780d5a1837cf197",
     false},
    {"", "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659", "",
     "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
     "4a298dacae57395a15d0795ddbfd1dcb564da82b0f269bc70a74f8220429ba1d"
     "69e89b4c5564d00349106b8497785dd7d1d713a8ae82b32fa79d5f7fc407d39b",
     false},
    {"", "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659", "",
     "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"
     "69e89b4c5564d00349106b8497785dd7d1d713a8ae82b32fa79d5f7fc407d39b",
     false},
    {"", "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659", "",
     "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
     "6cff5c3ba86c69ea4b7376f31a9bcb4f74c1976089b2d9963da2e5543e177769"
     "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
     false},
    {"", "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30", "",
     "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
     "6cff5c3ba86c69ea4b7376f31a9bcb4f74c1976089b2d9963da2e5543e177769"
     "69e89b4c5564d00349106b8497785dd7d1d713a8ae82b32fa79d5f7fc407d39b",
     false},
    {"0340034003400340034003400340034003400340034003400340034003400340",
     "778caa53b4393ac467774d09497a87224bf9fab6f6e68b23086497324d6fd117",
     "0000000000000000000000000000000000000000000000000000000000000000", "",
     "71535db165ecd9fbbc046e5ffaea61186bb6ad436732fccc25291a55895464cf"
     "6069ce26bf03466228f19a3a62db8a649f2d560fac652827d1af0574e427ab63",
     true},
    {"0340034003400340034003400340034003400340034003400340034003400340",
     "778caa53b4393ac467774d09497a87224bf9fab6f6e68b23086497324d6fd117",
     "0000000000000000000000000000000000000000000000000000000000000000", "11",
     "08a20a0afef64124649232e0693c583ab1b9934ae63b4c3511f3ae1134c6a303"
     "ea3173bfea6683bd101fa5aa5dbc1996fe7cacfc5a577d33ec14564cec2bacbf",
     true},
    {"0340034003400340034003400340034003400340034003400340034003400340",
     "778caa53b4393ac467774d09497a87224bf9fab6f6e68b23086497324d6fd117",
     "0000000000000000000000000000000000000000000000000000000000000000",
     "0102030405060708090a0b0c0d0e0f1011",
     "5130f39a4059b43bc7cac09a19ece52b5d8699d1a71e3c52da9afdb6b50ac370"
     "c4a482b77bf960f8681540e25b6771ece1e5a37fd80e5a51897c5566a97ea5a5",
     true},
};

TEST(KeySchnorr, MatchesTheVectorsOfBip340) {
  for (const auto& vector : kSchnorrVectors) {
    SCOPED_TRACE(vector.signature);
    const auto public_key = array_from_hex<32>(vector.public_key);
    const Bytes message = bytes_from_hex(vector.message);
    const auto signature = array_from_hex<64>(vector.signature);
    EXPECT_EQ(verify_schnorr(public_key, message, signature), vector.valid);
    if (vector.secret.empty()) continue;
    const Key key = key_from_hex(vector.secret);
    EXPECT_EQ(key.public_key().x_only(), public_key);
    EXPECT_EQ(to_hex(key.sign_schnorr(message, array_from_hex<32>(vector.aux))), vector.signature);
  }
}

// BIP341's wallet vectors, key path spending, inputs 0 and 1.
TEST(Key, IsTweakedForTaproot) {
  EXPECT_EQ(to_hex(key_from_hex("6b973d88838f27366ed61c9ad6367663045cb456e28335c109e30717ae0c6baa")
                       .taproot_tweaked()
                       .secret()),
            "2405b971772ad26915c8dcdf10f238753a9b837e5f8e6a86fd7c0cce5b7296d9");
  Uint256 root;
  root.wire() =
      array_from_hex<32>("5b75adecf53548f3ec6ad7d78383bf84cc57b55a3127c72b9a2481752dd88b21");
  EXPECT_EQ(to_hex(key_from_hex("1e4da49f6aaf4e5cd175fe08a32bb5cb4863d963921255f33d3bc31e1343907f")
                       .taproot_tweaked(root)
                       .secret()),
            "ea260c3b10e60f6de018455cd0278f2f5b7e454be1999572789e6a9565d26080");
}

// From Bitcoin Core's key_io_valid.json.
TEST(Key, IsWrittenForRegtestAndReadBack) {
  constexpr std::string_view kWif = "cPisAUdLvqqAr6MYtXnrWvgvyUAwuNyuTvZkDGw6miPhZdaiSDNH";
  const Key key = key_from_hex("3fdfec1371cedcdb8c190ca6ff8ad603f817edc0d93c2a687c7b36dd66e70f2a");
  EXPECT_EQ(key.wif(), kWif);
  EXPECT_EQ(Key::from_wif(kWif), key);
}

TEST(Key, IsNotReadFromWrongText) {
  EXPECT_FALSE(Key::from_wif("cPisAUdLvqqAr6MYtXnrWvgvyUAwuNyuTvZkDGw6miPhZdaiSDNJ"));
  EXPECT_FALSE(Key::from_wif("Kwr371tjA9u2rFSMZjTNun2PXXP3WPZu2afRHTcta6KxEUdm1vEw"));  // mainnet
  EXPECT_FALSE(Key::from_wif(""));
}

}  // namespace
}  // namespace noderig
