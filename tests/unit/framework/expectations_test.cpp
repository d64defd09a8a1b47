#include <gtest/gtest.h>

#include <noderig/framework/node/expectations.h>

namespace noderig {
namespace {

TEST(Expectations, AreLookedUpByWhatTheProbeSaw) {
  DaemonProfile profile;
  EXPECT_EQ(expectations::fee_not_covered(profile, Amount::sat(42)), "Insufficient funds");
  profile.behaviours = {"names-missing-fee"};
  EXPECT_EQ(expectations::fee_not_covered(profile, Amount::sat(42)),
            "The total exceeds your balance when the 0.00000042 transaction fee is included.");
}

}  // namespace
}  // namespace noderig
