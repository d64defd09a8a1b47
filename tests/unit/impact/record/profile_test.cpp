#include <impact/record/profile.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <cstring>
#include <span>

namespace noderig::impact {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kVersion = 8;

struct Function {
  SymbolId name;
  std::vector<std::uint64_t> counters;
};

// A raw profile as version 8 lays it out, with the entries where a program would have them.
class RawProfile {
 public:
  RawProfile(const std::vector<Function>& functions, std::uint64_t version) {
    constexpr std::uint64_t kData = 0x5000;  // in the program's memory
    constexpr std::uint64_t kEntry = 48;
    constexpr std::uint64_t kPadding = 40;
    const std::uint64_t counters_at = kData + 0x2000;
    std::uint64_t counters = 0;
    for (const Function& one : functions) counters += one.counters.size();
    for (const std::uint64_t field :
         std::vector<std::uint64_t>{0xff6c70726f667281ULL, version, 0, functions.size(), kPadding,
                                    counters, 0, 0, counters_at - kData, 0, 1}) {
      put(field);
    }
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < functions.size(); ++i) {
      put(functions[i].name);
      put(std::uint64_t{7});  // the hash of its control flow
      put(counters_at + first * 8 - (kData + i * kEntry));
      put(std::uint64_t{0});
      put(std::uint64_t{0});
      put(static_cast<std::uint32_t>(functions[i].counters.size()));
      put(std::uint32_t{0});
      first += functions[i].counters.size();
    }
    bytes_.resize(bytes_.size() + kPadding);
    for (const Function& one : functions) {
      for (const std::uint64_t counter : one.counters) put(counter);
    }
  }

  std::vector<std::byte>& bytes() { return bytes_; }

 private:
  template <class Number>
  void put(Number number) {
    const auto* const begin = reinterpret_cast<const std::byte*>(&number);
    bytes_.insert(bytes_.end(), begin, begin + sizeof number);
  }

  std::vector<std::byte> bytes_{};
};

std::vector<SymbolId> executed(RawProfile profile) {
  std::vector<SymbolId> found;
  read_profile(profile.bytes(), "a.profraw", found);
  return found;
}

std::string refusal(RawProfile profile) {
  try {
    executed(std::move(profile));
  } catch (const EnvironmentError& error) {
    return error.what();
  }
  return {};
}

TEST(Profile, HasTheFunctionsWithAnyCounterAboveZero) {
  EXPECT_THAT(
      executed(RawProfile({{11, {0, 0}}, {22, {0, 3}}, {33, {0}}, {44, {1, 0, 0}}}, kVersion)),
      ElementsAre(22, 44));
}

TEST(Profile, IsEmptyWhenTheProcessWasKilledBeforeItsHeader) {
  RawProfile profile({{11, {1}}}, kVersion);
  profile.bytes().assign(profile.bytes().size(), std::byte{0});
  EXPECT_THAT(executed(profile), IsEmpty());
  profile.bytes().clear();
  EXPECT_THAT(executed(profile), IsEmpty());
}

TEST(Profile, TellsWhoseItIsByAllItsFunctions) {
  const auto image = [](RawProfile profile) {
    std::vector<SymbolId> ignored;
    return read_profile(profile.bytes(), "a.profraw", ignored);
  };
  const ImageId one = image(RawProfile({{11, {0}}, {22, {0, 3}}}, kVersion));
  EXPECT_EQ(one, image(RawProfile({{11, {5}}, {22, {0, 0}}}, kVersion)));
  EXPECT_NE(one, image(RawProfile({{11, {0}}, {33, {0, 3}}}, kVersion)));
  EXPECT_NE(one, image(RawProfile({{11, {0}}}, kVersion)));
  RawProfile killed({{11, {1}}}, kVersion);
  killed.bytes().assign(killed.bytes().size(), std::byte{0});
  EXPECT_EQ(image(killed), kUnknownImage);
  killed.bytes().clear();
  EXPECT_EQ(image(killed), kUnknownImage);
}

TEST(Profile, ThatIsNoneIsRefused) {
  RawProfile profile({{11, {1}}}, kVersion);
  profile.bytes()[0] = std::byte{'x'};
  EXPECT_THAT(refusal(profile), HasSubstr("no raw profile"));
}

TEST(Profile, OfAnotherLlvmIsRefused) {
  EXPECT_THAT(refusal(RawProfile({{11, {1}}}, 9)), HasSubstr("version 9"));
}

TEST(Profile, OfAnotherKindIsRefused) {
  EXPECT_THAT(refusal(RawProfile({{11, {1}}}, 8 | (std::uint64_t{1} << 56))),
              HasSubstr("another kind"));
}

TEST(Profile, ThatIsCutShortIsRefused) {
  RawProfile profile({{11, {1}}, {22, {1}}}, kVersion);
  profile.bytes().resize(profile.bytes().size() - 8);
  EXPECT_THAT(refusal(profile), HasSubstr("ends before"));
}

TEST(Profile, WithCountersOutsideIsRefused) {
  RawProfile profile({{11, {1}}}, kVersion);
  profile.bytes()[88 + 16] = std::byte{0xff};  // the entry's distance to its counters
  EXPECT_THAT(refusal(profile), HasSubstr("outside"));
}

}  // namespace
}  // namespace noderig::impact
