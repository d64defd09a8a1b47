#include <gtest/gtest.h>
#include <noderig/framework/chain/signed_message.h>
#include <string>

namespace noderig {
namespace {

// A well-known vector: nodes make this signature of this text with this secret.
const Key& key() {
  static const Key key(
      bytes_from_hex("d97f5108f11cda6eeebaaa420fef0726b1f898060b98489fa3098463c0032866"));
  return key;
}
constexpr std::string_view kText = "Trust no one";
constexpr std::string_view kSignature =
    "IPojfrX2dfPnH26UegfbGQQLrdK844DlHq5157/P6h57WyuS/Qsl+h/WSVGDF4MUi4rWSswW38oimDYfNNUBUOk=";

TEST(SignedMessage, AcceptsTheSignatureOfItsTextAndKey) {
  EXPECT_TRUE(verify_signed_message(key().public_key(), kSignature, kText));
}

TEST(SignedMessage, RefusesAnotherTextOrKey) {
  EXPECT_FALSE(verify_signed_message(key().public_key(), kSignature, "Trust everyone"));
  EXPECT_FALSE(verify_signed_message(Key::from_phrase("other").public_key(), kSignature, kText));
}

TEST(SignedMessage, RefusesWhatIsNoSignature) {
  const PublicKey& public_key = key().public_key();
  EXPECT_FALSE(verify_signed_message(public_key, "", kText));
  EXPECT_FALSE(verify_signed_message(public_key, kSignature.substr(4), kText));
  EXPECT_FALSE(verify_signed_message(public_key, std::string(88, '?'), kText));
  EXPECT_FALSE(verify_signed_message(public_key, std::string(88, 'A'), kText));
  std::string changed(kSignature);
  changed[20] = changed[20] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(verify_signed_message(public_key, changed, kText));
}

TEST(SignedMessage, HashesTheTextBehindItsMark) {
  EXPECT_NE(signed_message_hash(""), signed_message_hash("a"));
}

}  // namespace
}  // namespace noderig
