#include <noderig/framework/nearest.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace noderig {
namespace {

const std::vector<std::string> kFlavours = {"core", "knots", "btcd"};

TEST(Nearest, IsTheWordWithTheFewestEdits) {
  // A letter missing, one too many, a wrong one; the other word has two wrong ones.
  EXPECT_EQ(nearest("--jbs", {"--dbg", "--jobs"}), "--jobs");
  EXPECT_EQ(nearest("--joobs", {"--knobs", "--jobs"}), "--jobs");
  EXPECT_EQ(nearest("--jabs", {"--tags", "--jobs"}), "--jobs");
}

TEST(Nearest, TakesAWordThatWasCutShort) {
  EXPECT_EQ(nearest("mempool", {"memory", "mempool_ancestor_limits"}), "mempool_ancestor_limits");
}

TEST(Nearest, TakesABeginningWithAnError) {
  EXPECT_EQ(nearest("precius", {"pruning", "preciousblock"}), "preciousblock");
}

TEST(Nearest, IsTheFirstOfSeveralAndNothingOfNone) {
  EXPECT_EQ(nearest("a3", {"b1", "a2", "a1"}), "a2");
  EXPECT_EQ(nearest("knots", {}), "");
}

TEST(DidYouMean, AsksOnlyWhenTheWordsAreRelated) {
  EXPECT_EQ(did_you_mean("knotts", kFlavours), ", did you mean \"knots\"?");
  EXPECT_EQ(did_you_mean("libbitcoin", kFlavours), "; the nearest is \"btcd\"");
  EXPECT_EQ(did_you_mean("knots", {}), "");
  EXPECT_EQ(did_you_mean("knotz*", kFlavours), ", did you mean \"knots\"?");
}

}  // namespace
}  // namespace noderig
