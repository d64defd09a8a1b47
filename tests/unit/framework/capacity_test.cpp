// How slow the machine is: of all measurements since it was started, the least counts.
#include "support.h"

#include <gtest/gtest.h>
#include <noderig/framework/runner/capacity.h>
#include <fstream>
#include <nlohmann/json.hpp>

namespace noderig {
namespace {

class MachineSlowness : public testing::Test {
 protected:
  double remembered() const { return parsed().at("slowness"); }
  void remember(double slowness, const char* of_another = nullptr) const {
    nlohmann::json known = parsed();
    known["slowness"] = slowness;
    if (of_another != nullptr) known.at("machine").at(of_another) = "another";
    std::ofstream(file_) << known;
  }
  nlohmann::json parsed() const { return nlohmann::json::parse(std::ifstream(file_)); }

  TemporaryDirectory home_{};
  std::filesystem::path file_ = home_.path() / "machine.json";
  double first_ = machine_slowness(home_.path());
};

TEST_F(MachineSlowness, IsMeasuredAndRemembered) {
  EXPECT_GT(first_, 0);
  EXPECT_EQ(remembered(), first_);
}

TEST_F(MachineSlowness, OfABusyMomentGivesWayToTheNext) {
  remember(first_ * 1e6);
  EXPECT_EQ(machine_slowness(home_.path()), first_ * 1e6) << "nobody waits for a measurement";
  measure_machine_again(home_.path());
  EXPECT_LT(remembered(), first_ * 1e6);
  EXPECT_EQ(machine_slowness(home_.path()), remembered());
}

TEST_F(MachineSlowness, IsTheLeastThatWasMeasured) {
  remember(first_ / 1e6);
  measure_machine_again(home_.path());
  EXPECT_EQ(machine_slowness(home_.path()), first_ / 1e6);
  EXPECT_EQ(remembered(), first_ / 1e6);
}

TEST_F(MachineSlowness, OfAnotherStartOrBuildDoesNotCount) {
  for (const char* part : {"boot", "processor", "build"}) {
    remember(first_ / 1e6, part);
    EXPECT_GT(machine_slowness(home_.path()), first_ / 1e6) << part;
  }
}

}  // namespace
}  // namespace noderig
