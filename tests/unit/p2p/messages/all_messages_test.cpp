// What must hold for every message. The types come from the registry, so a new one is tested by
// being listed there; samples.h may give it a richer sample.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "allocation_meter.h"
#include "samples.h"

namespace noderig::p2p {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <typename Tuple>
struct TestTypes;
template <typename... Ms>
struct TestTypes<std::tuple<Ms...>> {
  using type = ::testing::Types<Ms...>;
};

// CTest takes the number; without one, its name for a test has the type in full, all 200
// characters.
struct TypeName {
  template <typename M>
  static std::string GetName(int number) {
    return fmt::format("{}/{}", M::kCommand, number);
  }
};

template <typename M>
class AllMessagesTest : public ::testing::Test {
 protected:
  const M message_ = test::sample<M>();
  const Bytes payload_ = encode_of(message_);
};

TYPED_TEST_SUITE(AllMessagesTest, TestTypes<AllMessages>::type, TypeName);

TYPED_TEST(AllMessagesTest, DecodesWhatItEncodes) {
  const Decoded<TypeParam> decoded = decode_as<TypeParam>(this->payload_);
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  EXPECT_EQ(*decoded, this->message_);
  EXPECT_EQ(encode_of(*decoded), this->payload_);
}

TYPED_TEST(AllMessagesTest, EveryPrefixIsAnErrorInsideThePrefix) {
  for (std::size_t size = 0; size < this->payload_.size(); ++size) {
    const auto decoded = decode_as<TypeParam>(ByteSpan(this->payload_).first(size));
    ASSERT_FALSE(decoded) << size << " of " << this->payload_.size() << " bytes";
    // A count may be refused for what is missing behind it.
    EXPECT_TRUE(decoded.error().fault == DecodeFault::Truncated ||
                decoded.error().fault == DecodeFault::Oversized)
        << decoded.error().to_string();
    EXPECT_LE(decoded.error().offset, size);
    EXPECT_FALSE(decoded.error().what.empty());
  }
}

TYPED_TEST(AllMessagesTest, OneByteMoreIsTrailing) {
  Bytes longer = this->payload_;
  longer.push_back(std::byte{0});
  const auto decoded = decode_as<TypeParam>(longer);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().fault, DecodeFault::TrailingBytes);
  EXPECT_EQ(decoded.error().offset, this->payload_.size());
}

// Writes the largest counts there are over every place of the payload.
TYPED_TEST(AllMessagesTest, NoCountAllocatesMoreThanTheInputWarrants) {
  for (const char* count : {"fdffff", "fe00000002", "feffffffff", "ffffffffffffffffff"}) {
    const Bytes large = bytes_from_hex(count);
    for (std::size_t at = 0; at < this->payload_.size(); ++at) {
      Bytes payload = this->payload_;
      payload.resize(std::max(payload.size(), at + large.size()));
      std::ranges::copy(large, payload.begin() + at);
      const test::AllocationMeter meter;
      (void)decode_as<TypeParam>(payload);
      // An empty vector of 24 bytes may be announced by a single one.
      EXPECT_LE(meter.largest(), 24 * payload.size() + 1024) << count << " at " << at;
    }
  }
}

TYPED_TEST(AllMessagesTest, IsFoundByItsCommand) {
  const Decoded<Message> decoded = decode_message(TypeParam::kCommand, this->payload_);
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  ASSERT_TRUE(std::holds_alternative<TypeParam>(*decoded));
  EXPECT_EQ(std::get<TypeParam>(*decoded), this->message_);
  EXPECT_EQ(to_raw(*decoded), (RawMessage{std::string(TypeParam::kCommand), this->payload_}));
}

TYPED_TEST(AllMessagesTest, DescribesItselfOnOneLine) {
  const std::string text = describe_message(TypeParam::kCommand, this->payload_);
  EXPECT_TRUE(text.starts_with(TypeParam::kCommand)) << text;
  EXPECT_THAT(text, HasSubstr(this->message_.describe()));
  EXPECT_THAT(text, Not(HasSubstr("\n")));
  // Only messages without a payload have nothing to say.
  EXPECT_EQ(this->message_.describe().empty(), this->payload_.empty());
  EXPECT_LT(text.size(), 1000U) << text;
}

}  // namespace
}  // namespace noderig::p2p
