#include "price.h"

#include <gtest/gtest.h>
#include <cstdlib>
#include <fstream>

namespace {

// Where the test is told to, it waits until somebody writes.
void wait_at(const char* pipe) {
  if (pipe != nullptr) std::ifstream(pipe).get();
}

int charge(const Price& price) {
  return price.getCharge(2);
}

TEST(PriceTest, Base) {
  EXPECT_EQ(charge(Price()), 6);
}

TEST(PriceTest, Regular) {
  EXPECT_EQ(charge(RegularPrice()), 6);
}

TEST(PriceTest, Unrelated) {
  wait_at(std::getenv("PRICE_TEST_PIPE"));
  EXPECT_EQ(1 + 1, 2);
}

}  // namespace
