#include <gtest/gtest.h>

#include <noderig/framework/chain/bech32.h>

namespace noderig {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

void expect_valid(Bech32Encoding encoding, std::initializer_list<const char*> texts) {
  for (const auto* text : texts) {
    SCOPED_TRACE(text);
    const auto decoded = bech32_decode(text);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->encoding, encoding);
    EXPECT_EQ(bech32_encode(*decoded), lower(text));
  }
}

// The vectors of BIP173 and BIP350.
TEST(Bech32, TakesValidTexts) {
  expect_valid(
      Bech32Encoding::Bech32,
      {"A12UEL5L", "a12uel5l",
       "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
       "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
       "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
       "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "?1ezyfcl"});
  expect_valid(
      Bech32Encoding::Bech32m,
      {"A1LQFN3A", "a1lqfn3a",
       "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
       "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
       "11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8",
       "split1checkupstagehandshakeupstreamerranterredcaperredlc445v", "?1v759aa"});
}

TEST(Bech32, RefusesInvalidTexts) {
  for (const auto* text : {" 1nwldj5",
                           "\x7f"
                           "1axkwrx",
                           "\x80"
                           "1eym55h",
                           "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcluded"
                           "charactersbio1569pvx",
                           "pzry9x0s0muk",
                           "1pzry9x0s0muk",
                           "x1b4n0q5v",
                           "li1dgmt3",
                           "de1lg7wt\xff",
                           "A1G7SGD8",
                           "10a06t8",
                           "1qzzfhee",
                           "a12UEL5L",
                           " 1xj0phk",
                           "\x7f"
                           "1g6xzxy",
                           "\x80"
                           "1vctc34",
                           "an84characterslonghumanreadablepartthatcontainsthetheexcludedcharacters"
                           "bioandnumber11d6pts4",
                           "qyrz8wqd2c9m",
                           "1qyrz8wqd2c9m",
                           "y1b0jsk6g",
                           "lt1igcx5c0",
                           "in1muywd",
                           "mm1crxm3i",
                           "au1s5cgom",
                           "M1VUXWEZ",
                           "16plkw9",
                           "1p2gdwpf",
                           ""}) {
    EXPECT_FALSE(bech32_decode(text)) << text;
  }
}

struct AddressVector {
  const char* prefix;
  const char* address;
  int version;
  const char* program;
};

TEST(SegwitAddress, MatchesTheVectorsOfBip350BothWays) {
  const AddressVector vectors[] = {
      {"bc", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", 0,
       "751e76e8199196d454941c45d1b3a323f1433bd6"},
      {"tb", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", 0,
       "1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"},
      {"bc", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", 1,
       "751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6"},
      {"bc", "BC1SW50QGDZ25J", 16, "751e"},
      {"bc", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", 2, "751e76e8199196d454941c45d1b3a323"},
      {"tb", "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy", 0,
       "000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
      {"tb", "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c", 1,
       "000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
      {"bc", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", 1,
       "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
  };
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector.address);
    const WitnessProgram program{vector.version, bytes_from_hex(vector.program)};
    EXPECT_EQ(parse_segwit_address(vector.prefix, vector.address), program);
    EXPECT_EQ(segwit_address(vector.prefix, program), lower(vector.address));
  }
}

TEST(SegwitAddress, RefusesInvalidOnes) {
  for (const auto* address : {
           "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",  // prefix
           "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",  // not bech32m
           "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",  // not bech32m
           "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",  // not bech32m
           "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",                      // not bech32
           "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",  // not bech32
           "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",  // character
           "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",  // version 17
           "bc1pw5dgrnzv",                                                    // 1 byte
           "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",  // 41
           "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",                              // 16 in version 0
           "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",    // mixed case
           "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",  // long padding
           "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",    // padding not zero
           "bc1gmk9yu",                                                         // no data
       }) {
    for (const auto* prefix : {"bc", "tb"}) {
      EXPECT_FALSE(parse_segwit_address(prefix, address)) << address;
    }
  }
}

TEST(SegwitAddress, RefusesAnotherNetworksPrefix) {
  constexpr std::string_view kAddress = "bcrt1qdavt4j2sd7dlhqsavtnfxvzppw6k7qy97tmnu9";
  EXPECT_TRUE(parse_segwit_address("bcrt", kAddress));
  EXPECT_FALSE(parse_segwit_address("rcrt", kAddress));
}

}  // namespace
}  // namespace noderig
