#include <gtest/gtest.h>

int count(int number);

int twice(int number) {
  return 2 * number;
}

int make() {
  return count(1);
}

TEST(Counter, Counts) {
  EXPECT_EQ(make(), 2);
}

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
