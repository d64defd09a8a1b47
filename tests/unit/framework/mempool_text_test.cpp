#include <gtest/gtest.h>
#include <noderig/framework/node/mempool.h>

namespace noderig {
namespace {

TEST(MoneyText, DropsZerosAtTheEndButKeepsTwoDecimals) {
  EXPECT_EQ(money_text(Amount::sat(0)), "0.00");
  EXPECT_EQ(money_text(Amount::sat(1)), "0.00000001");
  EXPECT_EQ(money_text(Amount::sat(20'000)), "0.0002");
  EXPECT_EQ(money_text(Amount::btc(50)), "50.00");
  EXPECT_EQ(money_text(Amount::sat(110'000'000)), "1.10");
  EXPECT_EQ(money_text(Amount::sat(-1'500'000)), "-0.015");
}

TEST(FeeRateText, IsPerThousandVirtualBytes) {
  EXPECT_EQ(fee_rate_text(Amount::sat(1000)), "0.00001000 BTC/kvB");
}

}  // namespace
}  // namespace noderig
