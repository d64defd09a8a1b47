#include <gmock/gmock.h>

#include <noderig/framework/prerequisite.h>

namespace noderig {
namespace {

TEST(Prerequisite, IsBuiltOnceWhenFirstNeeded) {
  int built = 0;
  Prerequisite first("the first", [&] { ++built; });
  Prerequisite second("the second", [&] {
    first();
    built += 10;
  });
  EXPECT_FALSE(second.built());
  EXPECT_EQ(built, 0);
  second();
  first();
  second();
  EXPECT_EQ(built, 11);
  EXPECT_TRUE(second.built());
}

TEST(Prerequisite, IsNotTriedAgainAfterAFailure) {
  int tried = 0;
  Prerequisite broken("the chain", [&] {
    ++tried;
    throw EnvironmentError("no disk");
  });
  EXPECT_THROW(broken(), EnvironmentError);
  try {
    broken();
    FAIL() << "built after a failure";
  } catch (const AssertionError& error) {
    EXPECT_STREQ(error.what(), "the chain could not be built, see the failure before");
  }
  EXPECT_EQ(tried, 1);
  EXPECT_FALSE(broken.built());
}

}  // namespace
}  // namespace noderig
