#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/prove/survivors.h>
#include <fstream>

#include "../support.h"

namespace noderig::prove {
namespace {

AcceptedSurvivors read(const std::string& text) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "survivors.txt";
  std::ofstream(file) << text;
  return AcceptedSurvivors(file);
}

TEST(AcceptedSurvivors, GiveTheReasonOfTheFirstLineThatFits) {
  const AcceptedSurvivors accepted = read(
      "# comment\n\n"
      "pruning | getblock /*/time changed | as it is\n"
      "* | help * | anything | goes\n");
  EXPECT_EQ(accepted.reason("pruning", "getblock /*/time changed"), "as it is");
  EXPECT_EQ(accepted.reason("rbf", "getblock /*/time changed"), "");
  EXPECT_EQ(accepted.reason("rbf", "help changed"), "anything | goes");
}

TEST(AcceptedSurvivors, RefuseALineWithoutReason) {
  EXPECT_THROW(read("pruning | getblock changed"), EnvironmentError);
  EXPECT_THROW(read("pruning | getblock changed |  "), EnvironmentError);
}

TEST(AcceptedSurvivors, AreNoneWithoutTheFile) {
  EXPECT_EQ(AcceptedSurvivors("/nowhere/survivors.txt").reason("a", "b"), "");
}

}  // namespace
}  // namespace noderig::prove
