#include <noderig/framework/oracle/oracle.h>

#include <gmock/gmock.h>
#include <set>
#include <stdexcept>
#include <string>

namespace noderig {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Without = std::vector<WithoutOracle>;

TEST(Oracles, AreToldApartByNameAndSayWhatTheyDemand) {
  std::set<std::string_view> names;
  for (const Oracle* oracle : all_oracles()) {
    EXPECT_TRUE(names.insert(oracle->name).second) << oracle->name;
    EXPECT_FALSE(oracle->demand.empty()) << oracle->name;
    const int checks = static_cast<int>(oracle->of_running != nullptr) +
                       static_cast<int>(oracle->of_network != nullptr) +
                       static_cast<int>(oracle->of_ended.has_value());
    EXPECT_EQ(checks, 1) << oracle->name;
  }
}

TEST(Oracles, AreAskedUnlessSwitchedOff) {
  const Oracles oracles(Without{{"verifychain", "the point is a corrupt block file"}});
  EXPECT_FALSE(oracles.asks("verifychain"));
  EXPECT_TRUE(oracles.asks("supply"));
}

TEST(Oracles, UnknownNameIsRefusedWithTheNearest) {
  EXPECT_THAT(
      [] {
        Oracles(Without{{"verifychian", "a slip"}});
      },
      ThrowsMessage<std::logic_error>(
          AllOf(HasSubstr("\"verifychian\""), HasSubstr("\"verifychain\""))));
}

TEST(Oracles, SwitchingOffTakesAReason) {
  EXPECT_THAT(
      [] {
        Oracles(Without{{"supply", ""}});
      },
      ThrowsMessage<std::logic_error>(HasSubstr("no reason for \"supply\"")));
}

}  // namespace
}  // namespace noderig
