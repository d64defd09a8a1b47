#include <gtest/gtest.h>

#include <noderig/framework/chain/base58.h>
#include <noderig/framework/chain/descriptor.h>
#include <noderig/framework/chain/regtest.h>
#include <stdexcept>

namespace noderig {
namespace {

using descriptor::KeyExpression;

// The test vectors of BIP380.
TEST(DescriptorChecksum, MatchesBip380) {
  EXPECT_EQ(descriptor_checksum("raw(deadbeef)"), "89f8spxm");
  EXPECT_EQ(with_checksum("raw(deadbeef)"), "raw(deadbeef)#89f8spxm");
  EXPECT_TRUE(has_valid_checksum("raw(deadbeef)#89f8spxm"));
}

TEST(DescriptorChecksum, RefusesWhatBip380Refuses) {
  EXPECT_FALSE(has_valid_checksum("raw(deadbeef)"));
  EXPECT_FALSE(has_valid_checksum("raw(deadbeef)#"));
  EXPECT_FALSE(has_valid_checksum("raw(deadbeef)#89f8spxmx"));
  EXPECT_FALSE(has_valid_checksum("raw(deadbeef)#89f8spx"));
  EXPECT_FALSE(has_valid_checksum("raw(dedbeef)#89f8spxm"));
  EXPECT_FALSE(has_valid_checksum("raw(deadbeef)##9f8spxm"));
  EXPECT_FALSE(has_valid_checksum("raw(\xc3\x9c)#00000000"));
  EXPECT_EQ(descriptor_checksum("raw(\xc3\x9c)"), std::nullopt);
  EXPECT_THROW(with_checksum("raw(\xc3\x9c)"), std::invalid_argument);
}

// From Bitcoin Core's descriptor_tests.cpp: lengths that are no multiple of three, nested forms.
TEST(DescriptorChecksum, MatchesLongerDescriptors) {
  EXPECT_TRUE(has_valid_checksum(
      "sh(multi(2,[00000000/111'/222]xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJ"
      "bZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL,xpub68NZiKmJWnxxS6aaHmn81bvJeTESw724C"
      "RDs6HbuccFQN9Ku14VQrADWgqbhhTHBaohPX4CjNLf9fq9MYo6oDaPPLPxSb7gwQN3ih19Zm4Y/0))#tjg09x5t"));
}

TEST(Descriptor, NestsAsDescriptorsDo) {
  const Key key = Key::from_phrase("descriptor");
  const PublicKey& shown = key.public_key();
  const std::string hex = shown.to_string();
  EXPECT_EQ(descriptor::pk(shown), "pk(" + hex + ")");
  EXPECT_EQ(descriptor::sh(descriptor::pkh(key)), "sh(pkh(" + key.wif() + "))");
  EXPECT_EQ(descriptor::sh(descriptor::wsh(descriptor::multi(1, {shown, key}))),
            "sh(wsh(multi(1," + hex + "," + key.wif() + ")))");
  EXPECT_EQ(descriptor::sortedmulti(2, {shown, shown}), "sortedmulti(2," + hex + "," + hex + ")");
  EXPECT_EQ(descriptor::wpkh(KeyExpression(std::string("tpub/0/*"))), "wpkh(tpub/0/*)");
  EXPECT_EQ(descriptor::tr(shown), "tr(" + hex + ")");
  EXPECT_EQ(descriptor::raw(p2p::Script{p2p::Op::True}), "raw(51)");
  EXPECT_EQ(descriptor::addr("bcrt1q"), "addr(bcrt1q)");
}

TEST(Descriptor, WritesExtendedKeysOfTheTestNetworks) {
  const Key key = Key::from_phrase("root");
  const std::string secret = extended_private_key(key);
  const std::string shown = extended_public_key(key);
  EXPECT_TRUE(secret.starts_with("tprv"));
  EXPECT_TRUE(shown.starts_with("tpub"));
  const auto secret_bytes = base58check_decode(secret);
  const auto shown_bytes = base58check_decode(shown);
  ASSERT_TRUE(secret_bytes && shown_bytes);
  ASSERT_EQ(secret_bytes->size(), 78U);
  ASSERT_EQ(shown_bytes->size(), 78U);
  // Same chain code; the key behind it, the secret one with a zero byte before.
  EXPECT_EQ(to_hex(ByteSpan(*secret_bytes).subspan(4, 41)),
            to_hex(ByteSpan(*shown_bytes).subspan(4, 41)));
  EXPECT_EQ(to_hex(ByteSpan(*secret_bytes).subspan(45)), "00" + to_hex(key.secret()));
  EXPECT_EQ(to_hex(ByteSpan(*shown_bytes).subspan(45)), key.public_key().to_string());
}

}  // namespace
}  // namespace noderig
